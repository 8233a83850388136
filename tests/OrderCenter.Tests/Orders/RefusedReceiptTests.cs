using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Orders;

/// <summary>A player has paid and the receipt was refused: support finds the order by the number on the bill, and sees why.</summary>
public sealed class RefusedReceiptTests(Service service) : IClassFixture<Service>
{
    private const string Product = "gems.60";
    private const int KeptMax = 10;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private ProviderEventHandler Events => service.Services.GetRequiredService<ProviderEventHandler>();

    [Theory]
    [InlineData("product", "the receipt is for another product")]
    [InlineData("package", "the receipt is for another package")]
    [InlineData("cancelled", "the purchase was cancelled")]
    [InlineData("player", "the receipt names another player (obfuscatedAccountId)")]
    [InlineData("quantity", "the receipt is for the quantity 2, the order for 1")]
    public async Task An_authentic_google_receipt_that_is_refused_is_kept_with_its_numbers_and_found_by_each(string what, string reason)
    {
        using var log = new LogCapture(service.Services);
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        var purchase = what switch
        {
            "product" => Google() with { ProductId = "gems.300" },
            "package" => Google() with { PackageName = "com.example.other" },
            "cancelled" => Google() with { PurchaseState = 1 },
            "player" => Google() with { ObfuscatedAccountId = "somebody" },
            _ => Google() with { Quantity = 2 },
        };
        var first = service.Clock.GetUtcNow();
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);
        service.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);

        var refused = Assert.Single(await RefusedAsync(id));
        Assert.Equal(("google", purchase.PurchaseToken, purchase.OrderId), (Text(refused, "channel"), Text(refused, "transactionId"), Text(refused, "storeOrderId")));
        Assert.Equal((true, reason, 2), (refused.GetProperty("authentic").GetBoolean(), Text(refused, "reason"), refused.GetProperty("count").GetInt64()));
        Assert.Equal((purchase.ProductId, "Production"), (Text(refused, "productId"), Text(refused, "environment")));
        Assert.Equal((first, 90), (refused.GetProperty("firstAt").GetDateTimeOffset(), (refused.GetProperty("lastAt").GetDateTimeOffset() - first).TotalSeconds));
        Assert.Equal([id], await FoundAsync(purchase.PurchaseToken));
        Assert.Equal([id], await FoundAsync(purchase.OrderId!));
        Assert.Contains(log.Lines, line => line == $"order {id} payment refused: {reason} (google {purchase.PurchaseToken} {purchase.OrderId}, authentic)");
    }

    [Theory]
    [InlineData("product", "the receipt is for another product")]
    [InlineData("bundle", "the receipt is for another bundle")]
    [InlineData("environment", "a Sandbox receipt is accepted only for testers")]
    [InlineData("revoked", "the purchase was refunded or revoked")]
    public async Task An_authentic_apple_receipt_that_is_refused_is_found_by_both_of_its_numbers(string what, string reason)
    {
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        var bought = new AppleTransaction { BundleId = Service.AppleBundle, ProductId = Product, OriginalTransactionId = Ledger() };
        bought = what switch
        {
            "product" => bought with { ProductId = "gems.300" },
            "bundle" => bought with { BundleId = "com.example.other" },
            "environment" => bought with { Environment = "Sandbox" },
            _ => bought with { RevocationDateMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds() },
        };
        Assert.Equal(3, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        var refused = Assert.Single(await RefusedAsync(id));
        Assert.Equal((bought.TransactionId, true, reason), (Text(refused, "transactionId"), refused.GetProperty("authentic").GetBoolean(), Text(refused, "reason")));
        Assert.Equal([id], await FoundAsync(bought.TransactionId));
        Assert.Equal([id], await FoundAsync(bought.OriginalTransactionId!));
    }

    [Fact]
    public async Task A_receipt_that_paid_another_order_is_kept_with_the_second_one_and_leads_to_both()
    {
        var game = await service.NewGameAsync();
        var (paid, second) = (await NewOrderAsync(game), await NewOrderAsync(game));
        var purchase = Google();
        Assert.Equal(0, (await game.ValidateAsync(paid, service.Google.Purchase(purchase), Now)).ResultCode);
        Assert.Equal(3, (await game.ValidateAsync(second, service.Google.Purchase(purchase), Now)).ResultCode);
        Assert.Empty(await RefusedAsync(paid));
        Assert.Equal("the payment was used by another order already", Text(Assert.Single(await RefusedAsync(second)), "reason"));
        Assert.Equal(new[] { paid, second }.Order(), (await FoundAsync(purchase.OrderId!)).Order());
    }

    [Fact]
    public async Task A_second_payment_of_a_paid_order_is_found_by_every_number_that_it_has()
    {
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(Google()), Now)).ResultCode);
        var extra = Google();
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(extra), Now)).ResultCode);
        Assert.Equal([id], await FoundAsync(extra.OrderId!));
        Assert.Equal([id], await FoundAsync(extra.PurchaseToken));
    }

    [Fact]
    public async Task A_forged_receipt_is_kept_with_what_it_claims_and_marked_and_bounded()
    {
        using var log = new LogCapture(service.Services);
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        var claimed = Google();
        await game.ValidateAsync(id, service.Google.Purchase(claimed, forgery: GoogleForgery.WrongKey), Now);
        var apple = new AppleTransaction { BundleId = Service.AppleBundle, ProductId = Product };
        await game.ValidateAsync(id, service.Apple.Purchase(apple, forgery: AppleForgery.ForeignRoot), Now);
        await game.ValidateAsync(id, service.Google.Purchase(Google() with { PurchaseToken = new string('t', 2000) + "\nnot a line" }, forgery: GoogleForgery.WrongKey), Now);
        await game.ValidateAsync(id, "{\"a\":1}", Now);

        var refused = await RefusedAsync(id);
        Assert.Equal(4, refused.Count);
        Assert.All(refused, row => Assert.False(row.GetProperty("authentic").GetBoolean()));
        Assert.Equal((claimed.PurchaseToken, "the signature is not Google's for this app"), (Text(refused[0], "transactionId"), Text(refused[0], "reason")));
        Assert.Equal(("apple", apple.TransactionId), (Text(refused[1], "channel"), Text(refused[1], "transactionId")));
        Assert.Equal(new string('t', RefusedReceipt.ClaimedCharsMax), Text(refused[2], "transactionId"));
        Assert.Equal((null, "payreturndata has the shape of no known channel"), (Text(refused[3], "transactionId"), Text(refused[3], "reason")));
        Assert.Equal([id], await FoundAsync(claimed.OrderId!));
        Assert.Contains(log.Lines, line => line.Contains($"google {claimed.PurchaseToken} {claimed.OrderId}, not proven", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receipt_of_another_store_than_the_orders_leaves_its_number()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder(Product, "6.5", "u");
        order["pay_channel"] = "1";
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        var apple = new AppleTransaction { BundleId = Service.AppleBundle, ProductId = Product };
        Assert.Equal(3, (await game.ValidateAsync(id, service.Apple.Purchase(apple), Now)).ResultCode);
        var refused = Assert.Single(await RefusedAsync(id));
        Assert.Equal(("apple", apple.TransactionId, false), (Text(refused, "channel"), Text(refused, "transactionId"), refused.GetProperty("authentic").GetBoolean()));
    }

    [Fact]
    public async Task However_many_are_refused_at_once_so_many_rows_are_kept_and_inventions_leave_room_for_what_was_paid()
    {
        using var counted = new Counted(service.Services, "ordercenter.order.steps");
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        var forged = Enumerable.Range(0, 60).Select(_ => service.Google.Purchase(Google(), forgery: GoogleForgery.WrongKey));
        await Task.WhenAll(forged.Select(receipt => Task.Run(() => game.ValidateAsync(id, receipt, Now))));
        var bought = Google() with { ProductId = "gems.300" };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => game.ValidateAsync(id, service.Google.Purchase(bought), Now))));

        var refused = await RefusedAsync(id);
        var (proven, claimed) = (refused.Where(row => row.GetProperty("authentic").GetBoolean()).ToList(), refused.Where(row => !row.GetProperty("authentic").GetBoolean()).ToList());
        Assert.Equal((bought.PurchaseToken, 50), (Text(Assert.Single(proven), "transactionId"), proven[0].GetProperty("count").GetInt64()));
        Assert.Equal((KeptMax + 1, 60), (claimed.Count, claimed.Sum(row => row.GetProperty("count").GetInt64())));
        var more = Assert.Single(claimed, row => Text(row, "transactionId") is null);
        Assert.Equal(("more refused receipts, which are only counted", 50), (Text(more, "reason"), more.GetProperty("count").GetInt64()));
        Assert.Equal((110, 0), (counted["refused"], counted["refusalNotKept"]));
    }

    [Fact]
    public async Task What_a_store_tells_of_an_order_and_what_was_asked_for_it_is_kept_where_it_pays_nothing()
    {
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        Assert.True(OrderId.TryParse(id, out var orderId));
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        var other = await service.NewGameAsync();
        var stranger = service.Services.GetRequiredService<AppCatalog>().Find(other.GameId)!.App;

        // Its product is another one; it is of an environment that is not taken; it is over another amount.
        var product = Told() with { ProductId = "gems.300" };
        await Events.ApplyAsync(stranger, "google", new ProviderEvent.Rejected(orderId, product, "the receipt is for another product"), Now);
        Assert.Empty(await RefusedAsync(id));
        var outcome = await Events.ApplyAsync(app, "google", new ProviderEvent.Rejected(orderId, product, "the receipt is for another product"), Now);
        Assert.Equal((NotificationState.Unapplied, orderId), (outcome.State, outcome.OrderId));
        var sandbox = Told() with { Environment = Payment.Sandbox };
        Assert.Equal(NotificationState.Unclaimed, (await Events.ApplyAsync(app, "google", new ProviderEvent.Paid(orderId, sandbox), Now)).State);
        var cheap = Told() with { Money = new Money(10_000), Currency = "CNY" };
        Assert.Equal(NotificationState.Held, (await Events.ApplyAsync(app, "google", new ProviderEvent.Paid(orderId, cheap), Now)).State);
        var numbers = (await RefusedAsync(id)).Select(row => Text(row, "transactionId"));
        Assert.Equal(new[] { product.TransactionId, sandbox.TransactionId, cheap.TransactionId }.Order(), numbers.Order());
        foreach (var payment in new[] { product, sandbox, cheap })
        {
            Assert.Equal([id], await FoundAsync(payment.StoreOrderId!));
        }
    }

    [Fact]
    public async Task A_check_that_names_a_purchase_which_nobody_can_be_asked_for_leaves_its_number()
    {
        var game = await service.NewGameAsync(new { channels = new { google = new { packageName = Service.GooglePackage, publicKey = service.Google.PublicKey }, apple = (object?)null } }, protocol: "OrderCheck");
        var id = await NewOrderAsync(game);
        var number = Ledger();
        var check = new OrderCheckClient.Check
        {
            SdkId = "u", OrderId = id, GameId = game.GameId, ProductId = Product, Amount = "6.5", Currency = "CNY", PlatformId = "apple", PlatformOrderId = number,
        };
        Assert.Equal(1, (await new OrderCheckClient(service.Http).CheckAsync(check, Now)).Code);
        var refused = Assert.Single(await RefusedAsync(id));
        Assert.Equal((number, false, "channel apple is not configured, or cannot be asked"), (Text(refused, "transactionId"), refused.GetProperty("authentic").GetBoolean(), Text(refused, "reason")));
        Assert.Equal([id], await FoundAsync(number));
    }

    [Fact]
    public async Task A_good_receipt_leaves_nothing_of_this()
    {
        var game = await service.NewGameAsync();
        var id = await NewOrderAsync(game);
        var receipt = service.Google.Purchase(Google());
        Assert.Equal((0, 0), ((await game.ValidateAsync(id, receipt, Now)).ResultCode, (await game.ValidateAsync(id, receipt, Now)).ResultCode));
        Assert.Empty(await RefusedAsync(id));
    }

    private static GooglePurchase Google() => new() { PackageName = Service.GooglePackage, ProductId = Product };

    private static Payment Told() => new()
    {
        Channel = "google", Environment = Payment.Production, TransactionId = "token-" + Guid.NewGuid().ToString("N"), StoreOrderId = "GPA." + Guid.NewGuid().ToString("N"), ProductId = Product,
    };

    private static string Ledger() => OrderCenter.Tests.Reconciliation.Ledger.NewNumber("1");

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static async Task<string> NewOrderAsync(OrderApiGame game) => (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId;

    private async Task<IReadOnlyList<JsonElement>> RefusedAsync(string id) => [.. (await service.OrderAsync(id)).GetProperty("refusedReceipts").EnumerateArray()];

    private async Task<IReadOnlyList<string>> FoundAsync(string number)
    {
        var (_, json) = await service.CallAsync(HttpMethod.Get, "/api/v1/orders?transactionId=" + Uri.EscapeDataString(number));
        return [.. json.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("orderId").GetString()!)];
    }
}
