using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ProviderSync;

/// <summary>What is kept is read, whatever happens; what is read does no more than once; an operator sees it all.</summary>
public sealed class NotificationInboxTests(Platforms platforms) : IClassFixture<Platforms>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_kept_and_not_read_is_read_by_the_sweeper()
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!), cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        await platforms.NoticeAsync(game.GameId, "applied");

        // As a killed process leaves it: committed, leased to a reader that is gone.
        var dueMs = platforms.Clock.GetUtcNow().ToUnixTimeMilliseconds() + 60_000;
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE notifications SET state = 0, due_ms = $2, done_ms = NULL WHERE game_id = $1", long.Parse(game.GameId), dueMs), Now);
        platforms.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("waiting", Assert.Single(await platforms.NoticesAsync(game.GameId)).GetProperty("state").GetString());
        platforms.Clock.Advance(TimeSpan.FromSeconds(11));
        var notice = await platforms.NoticeAsync(game.GameId, "applied");
        Assert.Equal(("this payment had paid the order before", 2), (notice.GetProperty("outcome").GetString(), notice.GetProperty("tries").GetInt32()));
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
    }

    [Fact]
    public async Task What_cannot_be_read_now_is_read_later_and_again_by_hand()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = platforms.WeChat.Pay(id);
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = platforms.Alipay.Settings() } });
        Assert.Equal(204, await platforms.WeChat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        var key = (await platforms.NoticeAsync(game.GameId, "applied")).GetProperty("id").GetString();

        // The app's key was changed since: it cannot be opened until it is changed back.
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new { apiV3Key = new string('0', 32) } } });
        var (status, replayed) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/notifications/{key}/replay");
        Assert.Equal((HttpStatusCode.OK, "waiting"), (status, replayed.GetProperty("state").GetString()));
        Assert.Equal("the resource is not encrypted under this app's apiV3Key", replayed.GetProperty("outcome").GetString());
        Assert.NotEqual(default, replayed.GetProperty("nextTryAt").GetDateTimeOffset());
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { wechat = new { apiV3Key = platforms.WeChat.ApiV3Key } } });
        platforms.Clock.Advance(TimeSpan.FromSeconds(16));
        await platforms.NoticeAsync(game.GameId, "applied");
        (_, replayed) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/notifications/{key}/replay");
        Assert.Equal("applied", replayed.GetProperty("state").GetString());
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
    }

    [Fact]
    public async Task A_payment_that_no_order_claims_is_kept_and_seen_and_can_be_replayed_when_its_order_is_there()
    {
        var game = await platforms.NewAppAsync();
        var trade = platforms.Alipay.Pay(game.GameId + "1763000000123456", 1);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
        var notice = await platforms.NoticeAsync(game.GameId, "unclaimed");
        Assert.Equal(trade.TradeNo, notice.GetProperty("transactionId").GetString());
        var found = Assert.Single((await platforms.CallAsync(HttpMethod.Get, "/api/v1/search?q=" + trade.TradeNo)).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(("notification", notice.GetProperty("id").GetString()), (found.GetProperty("kind").GetString(), found.GetProperty("id").GetString()));
        var (status, one) = await platforms.CallAsync(HttpMethod.Get, "/api/v1/notifications/" + notice.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("trade_no=" + trade.TradeNo, one.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal("notification not found", (await platforms.CallAsync(HttpMethod.Get, "/api/v1/notifications/" + new string('a', 40))).Json.GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await platforms.CallAsync(HttpMethod.Post, "/api/v1/notifications/x/replay")).Status);
    }

    [Fact]
    public async Task The_list_pages_newest_first_and_takes_filters()
    {
        var game = await platforms.NewAppAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay($"{game.GameId}176300000{i}123456", 1), platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
            platforms.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        await Platforms.Eventually(async () => (await platforms.NoticesAsync(game.GameId, "&state=unclaimed&channel=alipay")).Count() == 5);
        var seen = new List<DateTimeOffset>();
        string? cursor = null;
        do
        {
            var (_, page) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/notifications?gameId={game.GameId}&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("receivedAt").GetDateTimeOffset()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Empty(await platforms.NoticesAsync(game.GameId, "&channel=wechat"));
        Assert.Equal(HttpStatusCode.BadRequest, (await platforms.CallAsync(HttpMethod.Get, "/api/v1/notifications?state=lost")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await platforms.CallAsync(HttpMethod.Get, "/api/v1/notifications?gameId=nobody")).Status);
        using var closed = await platforms.Http.GetAsync(new Uri("/api/v1/notifications", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Theory]
    [InlineData("deliver", "paid", "delivering")]
    [InlineData("hold", "paid", "review")]
    public async Task A_late_payment_is_delivered_or_held_by_the_apps_choice(string policy, string payState, string state)
    {
        var game = await platforms.NewAppAsync(new { latePayment = policy });
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/close", new { reason = "no longer wanted" });
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, payState, state);
    }

    [Fact]
    public async Task A_second_payment_is_recorded_as_extra()
    {
        var game = await platforms.NewAppAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "alipay");
        await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", new { channel = "bank", transactionId = "b-" + id });
        var trade = platforms.Alipay.Pay(id, 6.5m);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
        Assert.Equal("unapplied", (await platforms.NoticeAsync(game.GameId)).GetProperty("state").GetString());
        var order = await platforms.OrderAsync(id);
        Assert.Equal(trade.TradeNo, Assert.Single(order.GetProperty("unappliedPayments").EnumerateArray()).GetProperty("payment").GetProperty("transactionId").GetString());
        Assert.Single(order.GetProperty("callbacks").EnumerateArray());
    }

    [Fact]
    public async Task Only_the_stores_own_reversal_takes_a_refund_back()
    {
        var game = await platforms.NewAppAsync();
        var app = platforms.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        var events = platforms.Services.GetRequiredService<ProviderEventHandler>();
        foreach (var isDelivered in new[] { true, false })
        {
            var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
            var payment = new Payment { Channel = "alipay", Environment = Payment.Production, TransactionId = "t" + id };
            Task<ProviderEventOutcome> TellAsync(ProviderEvent tidings) => events.ApplyAsync(app, "alipay", tidings, Now);
            Assert.Equal(NotificationState.Applied, (await TellAsync(new ProviderEvent.Paid(OrderId.FromStore(id), payment))).State);
            if (isDelivered)
            {
                await game.SendProductAsync(id, Now);
            }
            Assert.Equal(NotificationState.Applied, (await TellAsync(new ProviderEvent.Refunded(payment, "chargeback") { ReportedMs = 1 })).State);
            Assert.Equal(NotificationState.Unapplied, (await TellAsync(new ProviderEvent.Paid(OrderId.FromStore(id), payment))).State);
            Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
            Assert.Equal(NotificationState.Applied, (await TellAsync(new ProviderEvent.RefundReversed(payment, "won the dispute") { ReportedMs = 2 })).State);
            var order = await platforms.OrderAsync(id);
            Assert.Equal(("paid", isDelivered ? "delivered" : "review"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
            Assert.Equal("the order was not refunded", (await TellAsync(new ProviderEvent.RefundReversed(payment, "again") { ReportedMs = 3 })).Message);
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => events.ApplyAsync(app, "wechat", new ProviderEvent.Refunded(new Payment { Channel = "alipay", Environment = "Production", TransactionId = "x" }, "r"), Now));
    }

    [Fact]
    public async Task A_refund_of_another_apps_payment_moves_nothing()
    {
        var (game, other) = (await platforms.NewAppAsync(), await platforms.NewAppAsync());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!);
        Assert.True(await platforms.Alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Refund(trade, 6.5m), platforms.NotifyAt("alipay", other.GameId), cancellationToken: Now));
        Assert.Equal("unclaimed", (await platforms.NoticeAsync(other.GameId)).GetProperty("state").GetString());
        Assert.Equal("paid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task What_came_is_sealed_at_rest_and_counted()
    {
        using var counted = new Counted(platforms.Services, "ordercenter.notifications");
        var game = await platforms.NewAppAsync();
        var trade = platforms.Alipay.Pay(game.GameId + "1763000000999999", 1);
        Assert.False(await platforms.Alipay.NotifyAsync(trade, platforms.NotifyAt("alipay", game.GameId), OrderCenter.Simulator.Stores.AlipayForgery.WrongKey, Now));
        Assert.True(await platforms.Alipay.NotifyAsync(trade, platforms.NotifyAt("alipay", game.GameId), cancellationToken: Now));
        await platforms.NoticeAsync(game.GameId, "unclaimed");
        var kept = (await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT sealed FROM notifications WHERE game_id = $1", row => row.GetString(0), long.Parse(game.GameId)), Now)).Single();
        Assert.StartsWith("v1.", kept, StringComparison.Ordinal);
        Assert.True(counted["alipay refused"] > 0 && counted["alipay unclaimed"] > 0);
    }

    private Database Store => platforms.Services.GetRequiredService<Database>();
}
