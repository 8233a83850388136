using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Refunds;

/// <summary>Money that goes back: in whole, in parts, several at once, with a store that does not answer, and with its word before ours.</summary>
public sealed class RefundTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await platforms.StopRoundsAsync();

    public ValueTask DisposeAsync()
    {
        (platforms.Alipay.Fault, platforms.WeChat.Fault) = (PlatformFault.None, PlatformFault.None);
        (platforms.Alipay.IsRefundSlow, platforms.WeChat.IsRefundSlow, platforms.Alipay.Balance, platforms.WeChat.BalanceFen) = (false, false, null, null);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Parts_are_refunds_of_their_own_and_all_of_them_are_the_whole(string channel)
    {
        var (gameId, id) = await PaidAsync(channel);
        var first = Show(await RefundAsync(id, "1"));
        Assert.Equal((HttpStatusCode.OK, "paid", "1"), (first.Status, first.PayState, first.Back));
        Assert.Equal([(id + "R1", "1", "done", true)], first.Refunds);
        var second = Show(await RefundAsync(id, "2.5"));
        Assert.Equal(("paid", "3.5"), (second.PayState, second.Back));
        var (status, problem) = await RefundAsync(id, "3.01");
        Assert.Equal((HttpStatusCode.Conflict, "of 6.5 that was paid 3.5 went back: at most 3 can be given back"), (status, problem.GetProperty("title").GetString()));

        // Absent money is all that is left.
        var last = Show(await RefundAsync(id, null));
        Assert.Equal((HttpStatusCode.OK, "refunded", "6.5"), (last.Status, last.PayState, last.Back));
        Assert.Equal([(id + "R1", "1", "done", true), (id + "R2", "2.5", "done", true), (id + "R3", "3", "done", true)], last.Refunds);
        Assert.Equal(6.5m, StoreGave(channel, id));
        Assert.Equal(HttpStatusCode.Conflict, (await RefundAsync(id, "0.01")).Status);
        Assert.Equal(HttpStatusCode.OK, (await RefundAsync(id, null)).Status);
        var acts = (await platforms.OrderAsync(id)).GetProperty("acts").EnumerateArray().Select(act => (act.GetProperty("action").GetString(), act.GetProperty("reason").GetString()));
        Assert.Equal(
            [
                ("refund asked at the store", "chargeback"), ("refund in part", "1 of 6.5: chargeback"), ("refund asked at the store", "chargeback"), ("refund in part", "2.5 of 6.5: chargeback"),
                ("refund asked at the store", "chargeback"), ("refund", "chargeback"),
            ],
            acts);

        // The game reads it in its feed, each part with what went back by then.
        var told = await FeedAsync(gameId, id, 5);
        Assert.Equal(
            [("order.partiallyRefunded", "1"), ("order.partiallyRefunded", "3.5"), ("order.refunded", null)],
            told.Where(change => change.Event.Contains("efunded", StringComparison.Ordinal)));

        // The store's own word of them changes nothing, and waits for nobody.
        await NotifyAllAsync(channel, id);
        var order = Show((HttpStatusCode.OK, await platforms.OrderAsync(id)));
        Assert.Equal(("refunded", "6.5", 3), (order.PayState, order.Back, order.Refunds.Count));
        Assert.Empty(await platforms.NoticesAsync(gameId, "&state=unapplied"));
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"1.00001\"")]
    [InlineData("\"1e3\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public async Task Money_that_is_no_amount_is_refused_by_name(string money)
    {
        var (_, id) = await PaidAsync("alipay");
        var (status, problem) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", JsonDocument.Parse($$"""{"reason":"r","atStore":true,"money":{{money}}}""").RootElement);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("money", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0m, StoreGave("alipay", id));
    }

    [Fact]
    public async Task A_part_of_a_fen_fails_and_leaves_all_to_be_given_back()
    {
        var (_, id) = await PaidAsync("wechat");
        var (status, problem) = await RefundAsync(id, "0.005");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("whole fen", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("refunded", Show(await RefundAsync(id, null)).PayState);
    }

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Thirty_at_once_never_give_back_more_than_was_paid(string channel)
    {
        var (_, id) = await PaidAsync(channel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => RefundAsync(id, i % 2 == 0 ? "1.5" : "0.7")));
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable, answer.Json.GetRawText()));
        var order = Show((HttpStatusCode.OK, await platforms.OrderAsync(id)));
        var given = order.Refunds.Where(refund => refund.State == "done").Sum(refund => decimal.Parse(refund.Money));
        Assert.Equal(StoreGave(channel, id), given);
        Assert.InRange(given, 0.7m, 6.5m);
        Assert.Equal(order.Refunds.Count, order.Refunds.Select(refund => refund.Number).Distinct().Count());
        Assert.Equal("refunded", Show(await RefundAsync(id, null)).PayState);
        Assert.Equal(6.5m, StoreGave(channel, id));
    }

    [Theory]
    [InlineData("alipay", PlatformFault.Down)]
    [InlineData("alipay", PlatformFault.Lost)]
    [InlineData("wechat", PlatformFault.Down)]
    [InlineData("wechat", PlatformFault.Lost)]
    [InlineData("wechat", PlatformFault.WrongSign)]
    public async Task A_store_that_is_down_for_hours_is_asked_again_by_the_number_and_gives_it_once(string channel, PlatformFault fault)
    {
        var (_, id) = await PaidAsync(channel);
        (platforms.Alipay.Fault, platforms.WeChat.Fault) = (fault, fault);
        var (status, problem) = await RefundAsync(id, "2");
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("asked again", problem.GetRawText(), StringComparison.Ordinal);
        var unknown = Show((HttpStatusCode.OK, await platforms.OrderAsync(id)));
        Assert.Equal(("paid", null), (unknown.PayState, unknown.Back));
        Assert.Equal([(id + "R1", "2", "unknown", true)], unknown.Refunds);

        // What may have gone back is not given twice: only the rest is left, and the same again is the same refund.
        Assert.Equal(HttpStatusCode.Conflict, (await RefundAsync(id, "4.51")).Status);
        Assert.Equal(HttpStatusCode.BadGateway, (await RefundAsync(id, "2")).Status);
        await platforms.PassAsync(TimeSpan.FromHours(5), Step);
        var calls = platforms.Alipay.Calls.Count + platforms.WeChat.Calls.Count;
        await platforms.PassAsync(TimeSpan.FromHours(1), Step);
        Assert.InRange(platforms.Alipay.Calls.Count + platforms.WeChat.Calls.Count - calls, 0, 3);

        (platforms.Alipay.Fault, platforms.WeChat.Fault) = (PlatformFault.None, PlatformFault.None);
        await platforms.PassAsync(TimeSpan.FromHours(7), Step);
        var done = Show((HttpStatusCode.OK, await platforms.OrderAsync(id)));
        Assert.Equal(("paid", "2"), (done.PayState, done.Back));
        Assert.Equal([(id + "R1", "2", "done", true)], done.Refunds);
        Assert.Equal(2m, StoreGave(channel, id));
    }

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task What_the_store_refuses_failed_and_the_same_again_is_asked_under_its_number(string channel)
    {
        var (_, id) = await PaidAsync(channel);
        (platforms.Alipay.Balance, platforms.WeChat.BalanceFen) = (1, 100);
        Assert.Equal(HttpStatusCode.Conflict, (await RefundAsync(id, "3")).Status);
        Assert.Equal([(id + "R1", "3", "failed", true)], Show((HttpStatusCode.OK, await platforms.OrderAsync(id))).Refunds);
        (platforms.Alipay.Balance, platforms.WeChat.BalanceFen) = (null, null);
        var again = Show(await RefundAsync(id, "3"));
        Assert.Equal((HttpStatusCode.OK, "3"), (again.Status, again.Back));
        Assert.Equal([(id + "R1", "3", "done", true)], again.Refunds);
        Assert.Equal(3m, StoreGave(channel, id));
    }

    [Fact]
    public async Task A_refund_that_WeChat_closes_failed_for_good_and_another_one_has_another_number()
    {
        var (_, id) = await PaidAsync("wechat");
        platforms.WeChat.IsRefundSlow = true;
        Assert.Equal(HttpStatusCode.Accepted, (await RefundAsync(id, "3")).Status);
        platforms.WeChat.FinishRefund(id + "R1", "CLOSED");
        await platforms.PassAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal([(id + "R1", "3", "closed", true)], Show((HttpStatusCode.OK, await platforms.OrderAsync(id))).Refunds);
        platforms.WeChat.IsRefundSlow = false;
        Assert.Equal([(id + "R1", "3", "closed", true), (id + "R2", "3", "done", true)], Show(await RefundAsync(id, "3")).Refunds);
    }

    [Fact]
    public async Task A_card_that_takes_no_money_keeps_the_refund_open_until_WeChat_has_given_it_another_way()
    {
        var (_, id) = await PaidAsync("wechat");
        platforms.WeChat.IsRefundSlow = true;
        Assert.Equal(HttpStatusCode.Accepted, (await RefundAsync(id, null)).Status);
        platforms.WeChat.FinishRefund(id + "R1", "ABNORMAL");
        await platforms.PassAsync(TimeSpan.FromMinutes(20), Step);
        var open = await platforms.OrderAsync(id);
        Assert.Contains("ABNORMAL", open.GetProperty("refunds")[0].GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal(("paid", "asked"), (open.GetProperty("payState").GetString(), open.GetProperty("refunds")[0].GetProperty("state").GetString()));
        platforms.WeChat.FinishRefund(id + "R1");
        await platforms.PassAsync(TimeSpan.FromHours(2), Step);
        Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Money_that_Alipay_has_not_moved_yet_is_not_back()
    {
        var (_, id) = await PaidAsync("alipay");
        platforms.Alipay.IsRefundSlow = true;
        var asked = Show(await RefundAsync(id, "1.25"));
        Assert.Equal((HttpStatusCode.Accepted, null), (asked.Status, asked.Back));
        platforms.Alipay.FinishRefunds();
        await platforms.PassAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal(("paid", "1.25"), (Show((HttpStatusCode.OK, await platforms.OrderAsync(id))) is var done ? done.PayState : "", done.Back));
    }

    [Theory]
    [InlineData("alipay", "2")]
    [InlineData("alipay", null)]
    [InlineData("wechat", "2")]
    [InlineData("wechat", null)]
    public async Task The_stores_word_before_its_answer_meets_the_same_refund(string channel, string? money)
    {
        var (gameId, id) = await PaidAsync(channel);
        (platforms.Alipay.Fault, platforms.WeChat.Fault) = (PlatformFault.Lost, PlatformFault.Lost);
        Assert.Equal(HttpStatusCode.BadGateway, (await RefundAsync(id, money)).Status);
        (platforms.Alipay.Fault, platforms.WeChat.Fault) = (PlatformFault.None, PlatformFault.None);
        await NotifyAllAsync(channel, id);
        var told = Show((HttpStatusCode.OK, await platforms.OrderAsync(id)));
        Assert.Equal((money is null ? "refunded" : "paid", money ?? "6.5"), (told.PayState, told.Back));
        Assert.Equal([(id + "R1", money ?? "6.5", "done", true)], told.Refunds);
        Assert.Empty(await platforms.NoticesAsync(gameId, "&state=unapplied"));
        await platforms.PassAsync(TimeSpan.FromMinutes(20), Step);
        Assert.Equal(decimal.Parse(money ?? "6.5"), StoreGave(channel, id));
    }

    [Fact]
    public async Task Recorded_parts_are_refunds_too_and_what_the_store_then_tells_of_is_the_same()
    {
        var (gameId, id) = await PaidAsync("wechat");
        var recorded = Show(await RefundAsync(id, "2", atStore: false));
        Assert.Equal(("paid", "2"), (recorded.PayState, recorded.Back));
        Assert.Equal([(id + "R1", "2", "done", false)], recorded.Refunds);

        // A person made it in the merchant's platform: WeChat tells of it under a number of its own.
        var made = platforms.WeChat.Refund(platforms.WeChat.Find(id)!.TransactionId, 200, "platform-1")!;
        Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(platforms.WeChat.Find(id)!, made, cancellationToken: Now));
        await platforms.DoRoundAsync();
        Assert.Equal("2", Show((HttpStatusCode.OK, await platforms.OrderAsync(id))).Back);
        Assert.Equal("applied", (await platforms.NoticeAsync(gameId)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await RefundAsync(id, "5", atStore: false)).Status);
        var rest = Show(await RefundAsync(id, null, atStore: false));
        Assert.Equal(("refunded", "6.5"), (rest.PayState, rest.Back));
        Assert.Equal(2m, StoreGave("wechat", id));
    }

    private async Task<(string GameId, string Id)> PaidAsync(string channel)
    {
        var game = await platforms.NewAppAsync();
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, channel);
        if (channel == "alipay")
        {
            Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!), cancellationToken: Now));
        }
        else
        {
            Assert.Equal(204, await platforms.WeChat.NotifyAsync(platforms.WeChat.Pay(id), cancellationToken: Now));
        }
        await platforms.UntilAsync(id, "paid");
        return (game.GameId, id);
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> RefundAsync(string id, string? money, bool atStore = true) =>
        platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback", atStore, money });

    private decimal StoreGave(string channel, string id) => channel == "alipay"
        ? platforms.Alipay.Find(id)!.Refunded
        : platforms.WeChat.RefundsOf(platforms.WeChat.Find(id)!.TransactionId).Where(refund => refund.Status == "SUCCESS").Sum(refund => refund.Fen) / 100m;

    /// <summary>The store tells of what it gave back, as often as it likes.</summary>
    private async Task NotifyAllAsync(string channel, string id)
    {
        for (var i = 0; i < 2; i++)
        {
            if (channel == "alipay")
            {
                Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Find(id)!, cancellationToken: Now));
                continue;
            }
            var transaction = platforms.WeChat.Find(id)!;
            foreach (var refund in platforms.WeChat.RefundsOf(transaction.TransactionId))
            {
                Assert.Equal(204, await platforms.WeChat.NotifyRefundAsync(transaction, refund, cancellationToken: Now));
            }
        }
        await platforms.DoRoundAsync();
    }

    private async Task<List<(string Event, string? Back)>> FeedAsync(string gameId, string id, int count)
    {
        List<(string, string?)> changes = [];
        await Platforms.Eventually(async () =>
        {
            platforms.Clock.Advance(TimeSpan.FromSeconds(1));
            var (_, page) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/changes?gameId={gameId}&limit=500");
            changes = [.. page.GetProperty("items").EnumerateArray().Where(change => change.GetProperty("orderId").GetString() == id).Select(change => (
                change.GetProperty("event").GetString()!, change.TryGetProperty("refundedMoney", out var back) ? back.GetString() : null))];
            return changes.Count >= count;
        });
        return changes;
    }

    private static Shown Show((HttpStatusCode Status, JsonElement Json) answer) => new(
        answer.Status, answer.Json.GetProperty("payState").GetString()!,
        answer.Json.TryGetProperty("refundedMoney", out var back) ? back.GetString() : null,
        answer.Json.TryGetProperty("refunds", out var refunds)
            ? [.. refunds.EnumerateArray().Select(refund => (
                refund.GetProperty("number").GetString()!, refund.GetProperty("money").GetString()!, refund.GetProperty("state").GetString()!, refund.GetProperty("atStore").GetBoolean()))]
            : []);

    private sealed record Shown(HttpStatusCode Status, string PayState, string? Back, List<(string Number, string Money, string State, bool IsAtStore)> Refunds);
}
