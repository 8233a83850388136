using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What strangers say, and players who try receipts on.</summary>
internal sealed partial class PaymentSimulation
{
    /// <summary>A stranger says that an order was paid.</summary>
    private async Task ForgeAsync(TrueOrder order)
    {
        var isOpen = mutant == PaymentMutant.DoorOpen;
        var (number, stores) = (Number("666"), order.Stores);
        _forged.Add(number);
        NotificationReception? taken = null;
        switch (Any("alipay", "wechat", "wechat-virtual", "google", "apple", "vivo", "huawei", "shop", "receipt of google", "receipt of apple"))
        {
            case "alipay":
                var trade = new AlipayTrade(number, order.Id.Value, "TRADE_SUCCESS", order.Money.AmountE4 / 10_000m, 0, world.Clock.GetUtcNow(), null, Number("n"));
                var alipay = isOpen ? AlipayForgery.None : Any(AlipayForgery.WrongKey, AlipayForgery.ChangedAmount, AlipayForgery.ChangedSignature, AlipayForgery.OldSignType, AlipayForgery.NoSign, AlipayForgery.EmptySecret, AlipayForgery.OtherApp, AlipayForgery.FieldTwice);
                taken = await world.TellAsync("alipay", _app, Form(stores.Alipay.Notification(trade, alipay)), NoHeaders);
                break;
            case "wechat":
                var transaction = new WeChatTransaction(number, order.Id.Value, "SUCCESS", order.Money.AmountE4 / 100, 0, world.Clock.GetUtcNow(), null, "");
                var forgeries = Enum.GetValues<WeChatForgery>();
                var message = stores.WeChat.Message(transaction, isOpen ? WeChatForgery.None : forgeries[_random.Next(1, forgeries.Length)]);
                taken = await world.TellAsync("wechat", _app, message.Body, message.Headers);
                break;
            case "wechat-virtual":
                var (said, address) = stores.Virtual.Delivery(
                    new WeChatVirtualOrder(order.Id.Value, number, number, order.ProductId, 1, order.Money.AmountE4 / 100, 0, 2, stores.Virtual.OpenId, world.Clock.GetUtcNow()),
                    Any(WeChatVirtualForgery.WrongToken, WeChatVirtualForgery.ChangedSignature, WeChatVirtualForgery.NoSign, WeChatVirtualForgery.Old, WeChatVirtualForgery.OtherKey, WeChatVirtualForgery.OtherApp, WeChatVirtualForgery.ChangedBody));
                taken = await world.TellAsync("wechat-virtual", _app, said, NoHeaders, address);
                break;
            case "google":
                var push = stores.Google.PurchaseNotice(new GooglePurchase { PackageName = stores.Package, ProductId = order.ProductId, PurchaseToken = number });
                var forgery = Any(PushForgery.NoToken, PushForgery.WrongAudience, PushForgery.WrongIssuer, PushForgery.WrongEmail, PushForgery.Expired, PushForgery.UnknownKey, PushForgery.AlgNone, PushForgery.AlgHs256);
                taken = await world.TellAsync("google", _app, push, Bearer(forgery));
                break;
            case "apple":
                var body = stores.Apple.Notice("ONE_TIME_CHARGE", Fake(order, number), Any(AppleNoticeForgery.ForeignOuter, AppleNoticeForgery.ForeignInner, AppleNoticeForgery.OuterBundle, AppleNoticeForgery.InnerBundle));
                taken = await world.TellAsync("apple", _app, body, NoHeaders);
                break;
            case "shop":
                var forged = world.Shop.Notification(new RecipePayment(order.Id.Value, number, order.Money.AmountE4 / 100)).Replace("extra=", "extra=1", StringComparison.Ordinal);
                taken = await world.TellAsync("shop", _app, forged, NoHeaders);
                break;
            case ("vivo" or "huawei") and var name:
                var wrong = isOpen ? RecipeForgery.None : Any(
                    RecipeForgery.WrongKey, RecipeForgery.EmptyKey, RecipeForgery.ChangedAmount, RecipeForgery.ChangedOrder, RecipeForgery.ChangedTransaction,
                    RecipeForgery.ChangedSignature, RecipeForgery.CutSignature, RecipeForgery.NoSign, RecipeForgery.FieldTwice);
                var text = NotificationOf(name, new RecipePayment(order.Id.Value, number, order.Money.AmountE4 / 100), wrong);
                taken = await world.TellAsync(name, _app, text, NoHeaders);
                if (order.Channel == "huawei" && name == order.Channel)
                {
                    await RefuseAsync(order, text);
                }
                break;
            case "receipt of google":
                var purchase = new GooglePurchase { PackageName = stores.Package, ProductId = order.ProductId, PurchaseToken = number };
                await RefuseAsync(order, stores.GoogleKeys.Purchase(purchase, GoogleShape.Json, Any(GoogleForgery.WrongKey, GoogleForgery.ChangedData, GoogleForgery.ChangedSignature, GoogleForgery.WrongHash)));
                break;
            default:
                await RefuseAsync(order, world.AppleKeys.Purchase(Fake(order, number), AppleShape.SignedTransaction, Any(AppleForgery.ForeignRoot, AppleForgery.FlippedPayloadByte, AppleForgery.AlgNone, AppleForgery.LeafWithoutOid)));
                break;
        }

        // While Google's keys cannot be fetched nobody's push can be judged: it is not taken either.
        if (!isOpen && taken is NotificationReception.Stored)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"the forged {number} was taken in"));
        }
    }

    /// <summary>One receipt for several orders of what was bought: a player tries it on.</summary>
    private void Share(TruePurchase purchase, bool isAllowed, TrueOrder order, Action<OrderId> present)
    {
        var others = _orders.FindAll(other => !purchase.Orders.Contains(other.Id) && (other.Channel is null || other.Channel == purchase.Channel)
            && other.CanBePaidAt(order.Stores) && (other.ProductId, other.Quantity) == (order.ProductId, order.Quantity));
        if (isAllowed && others.Count > 0 && OneIn(3))
        {
            var other = others[_random.Next(others.Count)];
            purchase.Orders.Add(other.Id);
            present(other.Id);
        }
    }

    private static AppleTransaction Fake(TrueOrder order, string number) => new() { BundleId = order.Stores.Package, ProductId = order.ProductId, TransactionId = number };

    private async Task RefuseAsync(TrueOrder order, string receipt)
    {
        // One with a name twice cannot even be read.
        if (Receipt.TryParse(System.Text.Encoding.UTF8.GetBytes(receipt), out var read, out _) && await world.Receipts.ApplyAsync(_app, order.Id, read, deferredId: null, Now) is not PaymentOutcome.Refused)
        {
            _faults.Add($"a forged receipt for {order.Id} was not refused");
        }
    }

}
