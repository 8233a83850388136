using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>kill -9 between the record of a refund and the store's answer: it is given back once, whether the store had heard of it or not.</summary>
public sealed class KilledRefundTests : IDisposable
{
    private const string Game = "1001";
    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_between_asked_and_answered_the_refund_is_asked_again_by_its_number(bool hasStoreDoneIt)
    {
        await using var wechat = await WeChatPay.StartAsync(TimeProvider.System, Now);
        string id;
        await using (var server = await StartAsync(wechat))
        {
            id = await PaidAsync(server, wechat);
            var paid = wechat.Find(id)!;

            // The store does not answer before the process is killed; or it has done it, and the answer is lost with the process.
            wechat.Fault = PlatformFault.Silent;
            var asking = server.Http.PostAsJsonAsync($"/api/v1/orders/{id}/refund", new { reason = "r", atStore = true, money = "2.5" }, JsonSerializerOptions.Default, Now);
            await UntilAsync(() => Task.FromResult(wechat.Calls.Any(call => call.EndsWith("/refunds", StringComparison.Ordinal))));
            if (hasStoreDoneIt)
            {
                wechat.Refund(paid.TransactionId, 250, id + "R1");
            }
            await server.KillAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => asking);
        }
        wechat.Fault = PlatformFault.None;
        Assert.Equal(1, await UpdateAsync("UPDATE refunds SET due_ms = 1 WHERE state = 0 AND due_ms IS NOT NULL"));
        await using var next = await StartAsync(wechat);
        await UntilAsync(async () => (await OrderAsync(next, id)).GetProperty("refunds")[0].GetProperty("state").GetString() == "done");
        var order = await OrderAsync(next, id);
        Assert.Equal(("paid", "2.5"), (order.GetProperty("payState").GetString(), order.GetProperty("refundedMoney").GetString()));
        Assert.Equal(250, Assert.Single(wechat.RefundsOf(wechat.Find(id)!.TransactionId)).Fen);
    }

    /// <summary>Two nodes take the parts of one payment at once; one is killed while it asks the store, and the other asks again by the number.</summary>
    [Fact]
    public async Task Two_nodes_give_each_part_back_once_though_one_is_killed_while_it_asks()
    {
        Assert.SkipUnless(_database.Engine == DatabaseOptions.Postgres, "one process owns a SQLite file");
        await using var wechat = await WeChatPay.StartAsync(TimeProvider.System, Now);
        await using var first = await StartAsync(wechat);
        await using var second = await StartAsync(wechat);
        var id = await PaidAsync(first, wechat);
        Task<HttpStatusCode> AskAsync(ServerProcess node, string? money) => RefundAsync(node, id, money);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => AskAsync(i % 2 == 0 ? first : second, i % 3 == 0 ? "1.4" : "0.7")));
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable, status.ToString()));
        Assert.Contains(HttpStatusCode.OK, answers);
        await AgreeAsync(second, wechat, id);

        var (before, calls) = (wechat.RefundsOf(wechat.Find(id)!.TransactionId).Sum(refund => refund.Fen), RefundCalls(wechat));
        wechat.Fault = PlatformFault.Silent;
        var asking = AskAsync(first, "0.05");
        await UntilAsync(() => Task.FromResult(RefundCalls(wechat) > calls));
        await first.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => asking);
        wechat.Fault = PlatformFault.None;
        Assert.Equal(1, await UpdateAsync("UPDATE refunds SET due_ms = 1 WHERE state = 0 AND due_ms IS NOT NULL"));
        await UntilAsync(async () => (await OrderAsync(second, id)).GetProperty("refunds").EnumerateArray().All(refund => refund.GetProperty("state").GetString() == "done"));
        await AgreeAsync(second, wechat, id);
        Assert.Equal(before + 5, wechat.RefundsOf(wechat.Find(id)!.TransactionId).Sum(refund => refund.Fen));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, null));
        Assert.Equal("refunded", (await OrderAsync(second, id)).GetProperty("payState").GetString());
        Assert.Equal(600, wechat.RefundsOf(wechat.Find(id)!.TransactionId).Sum(refund => refund.Fen));
    }

    private static int RefundCalls(WeChatPay wechat) => wechat.Calls.Count(call => call.EndsWith("/refunds", StringComparison.Ordinal));

    /// <summary>What is done here is what the store gave, refund by refund.</summary>
    private static async Task AgreeAsync(ServerProcess node, WeChatPay wechat, string id)
    {
        var order = await OrderAsync(node, id);
        var ours = order.GetProperty("refunds").EnumerateArray().Where(refund => refund.GetProperty("state").GetString() == "done")
            .Select(refund => (refund.GetProperty("number").GetString()!, (long)(decimal.Parse(refund.GetProperty("money").GetString()!, System.Globalization.CultureInfo.InvariantCulture) * 100)));
        Assert.Equal(wechat.RefundsOf(wechat.Find(id)!.TransactionId).Select(refund => (refund.Number, refund.Fen)).Order(), ours.Order());
    }

    private static async Task<HttpStatusCode> RefundAsync(ServerProcess node, string id, string? money)
    {
        using var response = await node.Http.PostAsJsonAsync($"/api/v1/orders/{id}/refund", new { reason = "r", atStore = true, money }, JsonSerializerOptions.Default, Now);
        return response.StatusCode;
    }

    private static async Task<string> PaidAsync(ServerProcess server, WeChatPay wechat)
    {
        var body = new { gameId = long.Parse(Game), productId = "gold", productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel = "wechat" };
        using var created = await server.Http.PostAsJsonAsync("/api/v1/orders", body, JsonSerializerOptions.Default, Now);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
        Assert.Equal(204, await wechat.NotifyAsync(wechat.Pay(id), new Uri(server.Http.BaseAddress!, "/notify/wechat/" + Game), cancellationToken: Now));
        await UntilAsync(async () => (await OrderAsync(server, id)).GetProperty("payState").GetString() == "paid");
        return id;
    }

    private static Task<JsonElement> OrderAsync(ServerProcess server, string id) => server.Http.GetFromJsonAsync<JsonElement>("/api/v1/orders/" + id, Now);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private async Task<int> UpdateAsync(string sql)
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return await store.WriteAsync(transaction => transaction.ExecuteAsync(sql), Now);
    }

    private async Task<ServerProcess> StartAsync(WeChatPay wechat)
    {
        var server = await ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        await server.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", channels = new { wechat = wechat.Settings(("notifyUrl", "https://pay.example.com/notify/wechat/" + Game)) } });
        return server;
    }
}
