using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Finding, counting, live": the one box, <c>GET /search</c>.</summary>
public sealed class FindingTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_number_of_a_paid_order_finds_it_and_nothing_else()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/callback" });
        var id = (await game.CreateAsync(game.NewOrder("gems.60", "6.5", "u1", "own order " + game.GameId), Now)).PlatOrderId;
        var purchase = Google();
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);
        foreach (var name in new[] { id, "own order " + game.GameId, purchase.PurchaseToken, purchase.OrderId! })
        {
            var item = Assert.Single(await FindAsync(name));
            Assert.Equal(("order", id, game.GameId, id), (Text(item, "kind"), Text(item, "id"), item.GetProperty("gameId").GetRawText(), Text(item, "title")));
            Assert.StartsWith($"game {game.GameId}, google, paid/", Text(item, "subtitle"), StringComparison.Ordinal);
            Assert.EndsWith("Z", Text(item, "subtitle"), StringComparison.Ordinal);
        }
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("id").GetString()!;
        var found = Assert.Single(await FindAsync(callback));
        Assert.Equal(("callback", callback), (Text(found, "kind"), Text(found, "id")));
        Assert.Contains("order.paid", Text(found, "subtitle"), StringComparison.Ordinal);

        // Exactly: no part, no other case, no pattern.
        foreach (var other in new[] { id[..^1], id + "0", "OWN ORDER " + game.GameId, "own order", purchase.OrderId!.ToLowerInvariant(), purchase.PurchaseToken[..20], "%", "_", "*", "' OR 1=1 --", "cb_" + id + "_2" })
        {
            Assert.Empty(await FindAsync(other));
        }
    }

    [Fact]
    public async Task Apples_numbers_lead_to_the_order_by_the_original_too()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder("gems.60", "6.5", "u1"), Now)).PlatOrderId;
        var bought = new AppleTransaction { BundleId = Service.AppleBundle, ProductId = "gems.60", OriginalTransactionId = Ledger.NewNumber("7") };
        Assert.Equal(0, (await game.ValidateAsync(id, service.Apple.Purchase(bought), Now)).ResultCode);
        Assert.Equal(["order " + id], await IdsAsync(bought.TransactionId));
        Assert.Equal(["order " + id], await IdsAsync(bought.OriginalTransactionId!));
    }

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task A_number_of_another_platform_leads_to_the_order(string channel)
    {
        var (id, transaction) = await (await Ledger.NewAsync(service)).PayAsync(channel);
        Assert.Equal(["order " + id], await IdsAsync(transaction));
    }

    [Fact]
    public async Task Payments_that_paid_nothing_and_receipts_that_were_refused_are_found()
    {
        var game = await service.NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder("gems.60", "6.5", "u1"), Now)).PlatOrderId;
        var (first, extra, refused) = (Google(), Google(), Google() with { ProductId = "gems.300" });
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(refused), Now)).ResultCode);
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(first), Now)).ResultCode);
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(extra), Now)).ResultCode);
        foreach (var purchase in new[] { extra, refused })
        {
            Assert.Equal(["order " + id], await IdsAsync(purchase.PurchaseToken));
            Assert.Equal(["order " + id], await IdsAsync(purchase.OrderId!));
        }
    }

    [Fact]
    public async Task A_notification_that_nobody_claimed_is_found_by_each_name_of_its_purchase_and_by_its_own_id()
    {
        var game = await service.NewGameAsync();
        var store = service.Services.GetRequiredService<NotificationStore>();
        var raw = new RawNotification(new Dictionary<string, string>(StringComparer.Ordinal), "{}"u8.ToArray(), service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var stored = (await store.InsertAsync("google", long.Parse(game.GameId), "message-1", raw, []))!.Notification;
        var payment = new Payment { Channel = "google", Environment = Payment.Production, TransactionId = "token-" + game.GameId, StoreOrderId = "GPA." + game.GameId };
        var second = payment with { TransactionId = payment.TransactionId + ":sword", StoreOrderId = payment.StoreOrderId + ":sword" };
        await store.FinishAsync(stored, NotificationState.Unclaimed, "no order claims it", orderId: null, [payment, second]);
        foreach (var name in new[] { payment.TransactionId, payment.StoreOrderId, second.TransactionId, second.StoreOrderId, stored.Key })
        {
            var item = Assert.Single(await FindAsync(name));
            Assert.Equal(("notification", stored.Key, "message-1"), (Text(item, "kind"), Text(item, "id"), Text(item, "title")));
            Assert.StartsWith($"game {game.GameId}, google, unclaimed, ", Text(item, "subtitle"), StringComparison.Ordinal);
        }

        // Read again as something else, it is no longer found by what it is not.
        var again = (await store.ReopenAsync(stored.Key, GameLimit.None, "test", Now))!.Notification;
        await store.FinishAsync(again, NotificationState.Ignored, "means nothing", orderId: null, [payment with { StoreOrderId = null }]);
        Assert.Empty(await FindAsync(payment.StoreOrderId));
        Assert.Empty(await FindAsync(second.TransactionId));
        Assert.Single(await FindAsync(payment.TransactionId));
    }

    [Fact]
    public async Task A_player_is_found_once_in_each_game_by_his_number_and_by_his_openId()
    {
        var (one, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var user = "玩家 " + one.GameId;
        for (var i = 0; i < 3; i++)
        {
            await one.CreateAsync(one.NewOrder("gems.60", "6.5", user), Now);
        }
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await other.CreateAsync(other.NewOrder("gems.60", "6.5", user), Now);
        var items = await FindAsync(user);
        Assert.Equal([other.GameId, one.GameId], items.Select(item => item.GetProperty("gameId").GetRawText()));
        Assert.All(items, item => Assert.Equal(("player", user, user), (Text(item, "kind"), Text(item, "id"), Text(item, "title"))));

        var h5 = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(h5.GameId, "100");
        foreach (var name in new[] { player.Uid, player.OpenId })
        {
            var item = Assert.Single(await FindAsync(name));
            Assert.Equal(("player", player.Uid, h5.GameId), (Text(item, "kind"), Text(item, "id"), item.GetProperty("gameId").GetRawText()));
            Assert.Contains(player.OpenId, Text(item, "subtitle"), StringComparison.Ordinal);
        }
        await h5.CreateOrderAsync(h5.NewOrder("code-" + h5.GameId, player.OpenId, "1", 3, Given.NotifyUrl), Now);
        Assert.Single(await FindAsync(player.Uid));
        Assert.Equal("order", Text(Assert.Single(await FindAsync("code-" + h5.GameId)), "kind"));
    }

    [Fact]
    public async Task A_number_that_several_games_use_finds_all_of_them_and_at_most_fifty()
    {
        var user = "many-" + Service.NewGameId();
        for (var i = 0; i < 52; i++)
        {
            var gameId = Service.NewGameId();
            await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{gameId}", new { name = "n", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
            var order = Native.NewOrder($"{gameId}", user);
            order["userId"] = user;
            await service.CreateAsync(order);
        }
        var items = await FindAsync(user);
        Assert.Equal(50, items.Count);
        Assert.All(items, item => Assert.Equal("order", Text(item, "kind")));
    }

    /// <summary>Anybody may present a number anywhere: those of other games must not take the places of one's own.</summary>
    [Fact]
    public async Task A_number_that_was_refused_in_many_other_games_is_found_in_ones_own()
    {
        var game = await service.NewGameAsync();
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        var purchase = Google() with { ProductId = "gems.300" };
        Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(purchase), Now)).ResultCode);
        await service.Services.GetRequiredService<Database>().WriteAsync(
            async transaction =>
            {
                foreach (var i in Enumerable.Range(0, 60))
                {
                    await transaction.ExecuteAsync(
                        "INSERT INTO refused_receipts (order_id, authentic, slot, receipt_key, transaction_id, store_order_id, reason, first_ms, last_ms, seen, game_id) " +
                        $"VALUES ('9{i}', 1, 1, 'k', '{purchase.PurchaseToken}', '{purchase.OrderId}', 'x', 1, {long.MaxValue}, 1, 9)");
                }
                return true;
            },
            Now);
        var token = await service.NewTokenAsync("viewer", [long.Parse(game.GameId, CultureInfo.InvariantCulture)]);
        foreach (var path in new[] { "/search?q=", "/orders?transactionId=" })
        {
            foreach (var number in new[] { purchase.PurchaseToken, purchase.OrderId! })
            {
                Assert.Contains(id, (await service.WithTokenAsync(token, HttpMethod.Get, path + number)).Json.GetRawText(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=%00")]
    [InlineData("?q=a%0Ab")]
    [InlineData("?q=%09")]
    [InlineData("?q=%C2%85")]
    public async Task What_is_no_text_is_refused(string query)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/search" + query);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("q", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task The_text_is_bounded_by_its_characters()
    {
        Assert.Empty(await FindAsync(string.Concat(Enumerable.Repeat("😀", 1024))));
        Assert.Empty(await FindAsync(new string('1', 2048)));
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/search?q=" + new string('1', 2049));
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_audit_chain_tells_a_limited_admin_only_whether_it_is_intact()
    {
        var token = await service.NewTokenAsync("admin", [1]);
        var (status, json) = await service.WithTokenAsync(token, HttpMethod.Get, "/audit/verify");
        Assert.Equal((HttpStatusCode.OK, """{"intact":true}"""), (status, json.GetRawText()));
        Assert.True((await service.GetAsync("/audit/verify")).GetProperty("entries").GetInt64() > 0);
    }

    private static GooglePurchase Google() => new() { PackageName = Service.GooglePackage, ProductId = "gems.60" };

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private async Task<List<JsonElement>> FindAsync(string text) => [.. (await service.GetAsync("/search?q=" + Uri.EscapeDataString(text))).GetProperty("items").EnumerateArray()];

    private async Task<IEnumerable<string>> IdsAsync(string text) => (await FindAsync(text)).Select(item => $"{Text(item, "kind")} {Text(item, "id")}");
}
