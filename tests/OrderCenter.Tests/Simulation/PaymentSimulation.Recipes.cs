using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players do at stores that the apps describe by a recipe: vivo (a digest), Huawei (RSA, also as the client's receipt), and a store of the app's own recipe
/// (HMAC), which answers queries.</summary>
internal sealed partial class PaymentSimulation
{
    private async Task PayByRecipeAsync(TrueOrder order, string channel, bool isFirst, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var money = isRight ? order.Money : More;
        var payment = world.Recipes.Pay(order.Id.Value, money.AmountE4 / 100);
        var purchase = Book(order, channel, payment.Transaction, isRight, money);
        void TellOf(RecipePayment told, bool isNever = false)
        {
            var text = NotificationOf(channel, told);
            Tell(channel, () => (text, NoHeaders), isNever);
        }

        if (channel == "shop" && isFirst)
        {
            world.Shop.Pay(payment);
        }
        TellOf(payment, isLost);
        if (OneIn(3))
        {
            // The same payment in other words that decide nothing.
            TellOf(payment with { Extra = "said otherwise the second time" }, isLost);
        }
        if (channel == "huawei" && order.Channel == channel)
        {
            Present(order.Id, NotificationOf(channel, payment));
        }
        if (channel != "vivo" && OneIn(3))
        {
            At(Soon(60 * Minute), () =>
            {
                purchase.IsRefunded = true;
                var refunded = payment with { State = "2" };
                if (channel == "shop" && isFirst)
                {
                    world.Shop.Pay(refunded);
                }
                TellOf(refunded);
                return Task.CompletedTask;
            });
        }
    }

    private string NotificationOf(string channel, RecipePayment payment, RecipeForgery forgery = RecipeForgery.None) => channel switch
    {
        "vivo" => world.Recipes.Notification(RecipeStore.Vivo, payment, forgery),
        "huawei" => world.Recipes.Notification(RecipeStore.Huawei, payment, forgery),
        _ => world.Shop.Notification(payment),
    };
}
