using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>protocols.md §1, valiorder and sendproduct: what pays, what does not, what is held; races.</summary>
public sealed class PaymentTests(Service service) : IClassFixture<Service>
{
    private const string Product = "com.rxsg1.07";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_google_purchase_pays_and_sendproduct_delivers_once()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        var purchase = new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product };
        Assert.Equal(3, (await game.SendProductAsync(id, Now)).ResultCode);

        var paid = await game.ValidateAsync(id, service.Google.Purchase(purchase), Now);
        Assert.Equal((0, id), (paid.ResultCode, paid.PlatOrderId));
        Assert.Equal((1, 1, 0), await StateAsync(game, id));
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);

        var first = await game.SendProductAsync(id, Now);
        var repeat = await game.SendProductAsync(id, Now);
        Assert.Equal((0, false, 0, true), (first.ResultCode, first.IsDuplicate, repeat.ResultCode, repeat.IsDuplicate));
        Assert.Equal((1, 1, 1), await StateAsync(game, id));

        var payment = (await service.OrderAsync(id)).GetProperty("payment");
        Assert.Equal(("google", purchase.PurchaseToken, purchase.OrderId), (payment.GetProperty("channel").GetString(), payment.GetProperty("transactionId").GetString(), payment.GetProperty("storeOrderId").GetString()));
    }

    [Fact]
    public async Task An_apple_transaction_pays()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        var paid = await game.ValidateAsync(id, service.Apple.Purchase(Apple()), Now);
        Assert.Equal((0, "success"), (paid.ResultCode, paid.Message));
        Assert.Equal((1, 2, 0), await StateAsync(game, id));
    }

    [Fact]
    public async Task A_unity_receipt_pays()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(Google(), GoogleShape.Unity), Now)).ResultCode);
    }

    [Fact]
    public async Task One_receipt_against_fifty_orders_at_once_pays_exactly_one()
    {
        var game = await service.NewGameAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId));
        var receipt = service.Google.Purchase(Google());
        var replies = await Task.WhenAll(ids.Select(id => Task.Run(() => game.ValidateAsync(id, receipt, Now))));
        Assert.Equal(1, replies.Count(reply => reply.ResultCode == 0));
        Assert.Equal(49, replies.Count(reply => reply is { ResultCode: 3, Message: "the payment was used by another order already" }));
        var states = await Task.WhenAll(ids.Select(id => StateAsync(game, id)));
        Assert.Equal(1, states.Count(state => state.Pay == 1));
    }

    [Fact]
    public async Task Two_hundred_validations_of_one_order_at_once_are_one_transition()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        var receipt = service.Google.Purchase(Google());
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => game.ValidateAsync(id, receipt, Now))));
        Assert.All(replies, reply => Assert.Equal(0, reply.ResultCode));
        Assert.Equal(0, (await service.OrderAsync(id)).GetProperty("unappliedPayments").GetArrayLength());
    }

    [Fact]
    public async Task Thirty_sendproducts_at_once_have_exactly_one_first()
    {
        var game = await service.NewGameAsync();
        var id = await PaidAsync(game);
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => game.SendProductAsync(id, Now))));
        Assert.All(replies, reply => Assert.Equal(0, reply.ResultCode));
        Assert.Equal(1, replies.Count(reply => !reply.IsDuplicate));
    }

    [Fact]
    public async Task A_purchase_under_its_other_name_does_not_pay_twice()
    {
        var game = await service.NewGameAsync();
        await PaidAsync(game, Google() with { OrderId = "GPA.1111-2222-3333-44444" });
        var second = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        var reply = await game.ValidateAsync(second, service.Google.Purchase(Google() with { OrderId = "GPA.1111-2222-3333-44444" }), Now);
        Assert.Equal(3, reply.ResultCode);
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{second}/paid", new { channel = "google", transactionId = "GPA.1111-2222-3333-44444" });
        Assert.Equal(System.Net.HttpStatusCode.Conflict, status);
        Assert.Equal(0, (await StateAsync(game, second)).Pay);
    }

    [Fact]
    public async Task A_second_payment_of_a_paid_order_is_shown_and_stays_claimable()
    {
        var game = await service.NewGameAsync();
        var id = await PaidAsync(game);
        var extra = service.Google.Purchase(Google());
        Assert.Equal(3, (await game.ValidateAsync(id, extra, Now)).ResultCode);
        Assert.Equal(3, (await game.ValidateAsync(id, extra, Now)).ResultCode);
        Assert.Equal(1, (await service.OrderAsync(id)).GetProperty("unappliedPayments").GetArrayLength());

        var rightful = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(rightful, extra, Now)).ResultCode);
    }

    [Fact]
    public async Task A_receipt_of_another_player_holds_the_order_and_stays_claimable_by_its_own()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "alice"), Now)).PlatOrderId;
        var receipt = service.Google.Purchase(Google() with { ObfuscatedAccountId = "bob" });
        var held = await game.ValidateAsync(id, receipt, Now);
        Assert.Equal(3, held.ResultCode);
        Assert.StartsWith("held for review", held.Message, StringComparison.Ordinal);
        Assert.Equal((0, 5), ((await StateAsync(game, id)).Pay, (await StateAsync(game, id)).State));
        Assert.Equal(3, (await game.SendProductAsync(id, Now)).ResultCode);

        var bobs = (await game.CreateAsync(game.NewOrder(Product, "6.5", "bob"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(bobs, receipt, Now)).ResultCode);
    }

    [Fact]
    public async Task A_held_order_that_is_paid_rightly_stays_held_until_a_person_lets_it_go()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "alice"), Now)).PlatOrderId;
        await game.ValidateAsync(id, service.Google.Purchase(Google() with { ObfuscatedAccountId = "bob" }), Now);
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now)).ResultCode);
        Assert.Equal((1, 1, 5), await StateAsync(game, id));
        Assert.Equal(3, (await game.SendProductAsync(id, Now)).ResultCode);

        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/release", new { reason = "looked at it" }, ("X-Actor", "mei"));
        Assert.Equal((0, false), ((await game.SendProductAsync(id, Now)) is var sent ? (sent.ResultCode, sent.IsDuplicate) : default));
        var act = (await service.OrderAsync(id)).GetProperty("acts")[0];
        Assert.Equal(("mei", "release", "looked at it"), (act.GetProperty("actor").GetString(), act.GetProperty("action").GetString(), act.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("package")]
    [InlineData("product")]
    [InlineData("cancelled")]
    [InlineData("pending")]
    [InlineData("wrong key")]
    [InlineData("other channel")]
    [InlineData("no shape")]
    public async Task What_is_not_a_purchase_of_this_is_a_plain_refusal(string what)
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder(Product, "6.5", "u");
        order["pay_channel"] = what == "other channel" ? "2" : "1";
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        var receipt = what switch
        {
            "package" => service.Google.Purchase(Google() with { PackageName = "com.other" }),
            "product" => service.Google.Purchase(Google() with { ProductId = "other" }),
            "cancelled" => service.Google.Purchase(Google() with { PurchaseState = 1 }),
            "pending" => service.Google.Purchase(Google() with { PurchaseState = 2 }),
            "wrong key" => service.Google.Purchase(Google(), forgery: GoogleForgery.WrongKey),
            "no shape" => "{\"a\":1}",
            _ => service.Google.Purchase(Google()),
        };
        Assert.Equal(3, (await game.ValidateAsync(id, receipt, Now)).ResultCode);
        Assert.Equal((0, 0), ((await StateAsync(game, id)).Pay, (await StateAsync(game, id)).State));
    }

    [Fact]
    public async Task A_sandbox_receipt_pays_only_for_testers_and_is_marked()
    {
        var game = await service.NewGameAsync(new { testers = new[] { "tester" } });
        var stranger = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(3, (await game.ValidateAsync(stranger, service.Apple.Purchase(Apple() with { Environment = "Sandbox" }), Now)).ResultCode);
        var tester = (await game.CreateAsync(game.NewOrder(Product, "6.5", "tester"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(tester, service.Apple.Purchase(Apple() with { Environment = "Sandbox" }), Now)).ResultCode);
        Assert.True((await service.OrderAsync(tester)).GetProperty("test").GetBoolean());
    }

    [Fact]
    public async Task An_orderID_that_comes_with_the_payment_is_stored_and_is_the_key_from_then_on()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        await game.CreateAsync(game.NewOrder(Product, "6.5", "u", "taken"), Now);
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now, "taken")).ResultCode);
        Assert.Equal(0, (await StateAsync(game, id)).Pay);
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now, "late-1")).ResultCode);
        Assert.Equal("late-1", (await game.QueryAsync(id, Now)).Data.GetProperty("orderID").GetString());
        Assert.Equal(id, (await game.CreateAsync(game.NewOrder(Product, "6.5", "u", "late-1"), Now)).PlatOrderId);
    }

    [Fact]
    public async Task Another_games_order_is_not_found()
    {
        var owner = await service.NewGameAsync();
        var other = await service.NewGameAsync();
        var id = (await owner.CreateAsync(owner.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal((3, "order not found"), (await other.QueryAsync(id, Now)) is var query ? (query.ResultCode, query.Message) : default);
        Assert.Equal((3, "order not found"), (await other.ValidateAsync(id, service.Google.Purchase(Google()), Now)) is var valid ? (valid.ResultCode, valid.Message) : default);
    }

    [Fact]
    public async Task A_number_is_not_told_apart_from_none_without_a_good_signature()
    {
        var game = await service.NewGameAsync();
        var stranger = new OrderApiGame(service.Http, game.GameId, "not the secret", service.Clock);
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        var free = id[..^1] + (id[^1] == '9' ? '0' : (char)(id[^1] + 1));
        Assert.Equal(1, (await stranger.SendProductAsync(id, Now)).ResultCode);
        Assert.Equal(1, (await stranger.SendProductAsync(free, Now)).ResultCode);
        Assert.Equal((3, "order not found"), (await game.SendProductAsync(free, Now)) is var mine ? (mine.ResultCode, mine.Message) : default);
        Assert.Equal(3, (await game.SendProductAsync("123", Now)).ResultCode);
    }

    [Fact]
    public async Task A_late_payment_is_delivered_or_held_by_the_apps_policy_and_never_lost()
    {
        var delivering = await service.NewGameAsync();
        var holding = await service.NewGameAsync(new { latePayment = "hold" });
        foreach (var (game, code, state) in new[] { (delivering, 0, 0), (holding, 3, 5) })
        {
            var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
            await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/close", new { reason = "the player left" });
            Assert.Equal((0, 4), ((await StateAsync(game, id)).Pay, (await StateAsync(game, id)).State));
            Assert.Equal(code, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now)).ResultCode);
            Assert.Equal((1, 1, state), await StateAsync(game, id));
        }
    }

    [Fact]
    public async Task An_old_receipt_never_clears_a_refund()
    {
        var game = await service.NewGameAsync();
        var purchase = Google();
        var id = await PaidAsync(game, purchase);
        await game.SendProductAsync(id, Now);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback" });
        Assert.Equal((2, 1, 1), await StateAsync(game, id));
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now)).ResultCode);
        Assert.Equal(3, (await game.SendProductAsync(id, Now)).ResultCode);
        Assert.Equal((2, 1, 1), await StateAsync(game, id));
    }

    private static GooglePurchase Google() => new() { PackageName = Service.GooglePackage, ProductId = Product };

    private static AppleTransaction Apple() => new() { BundleId = Service.AppleBundle, ProductId = Product };

    private async Task<string> PaidAsync(OrderApiGame game, GooglePurchase? purchase = null)
    {
        var id = (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(purchase ?? Google()), Now)).ResultCode);
        return id;
    }

    private static async Task<(int Pay, int Channel, int State)> StateAsync(OrderApiGame game, string id)
    {
        var data = (await game.QueryAsync(id, Now)).Data;
        return (data.GetProperty("pay_state").GetInt32(), data.GetProperty("pay_channel").GetInt32(), data.GetProperty("state").GetInt32());
    }
}
