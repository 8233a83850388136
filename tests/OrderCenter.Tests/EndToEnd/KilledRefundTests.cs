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
            var body = new { gameId = long.Parse(Game), productId = "gold", productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel = "wechat" };
            using var created = await server.Http.PostAsJsonAsync("/api/v1/orders", body, JsonSerializerOptions.Default, Now);
            id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
            var paid = wechat.Pay(id);
            Assert.Equal(204, await wechat.NotifyAsync(paid, new Uri(server.Http.BaseAddress!, "/notify/wechat/" + Game), cancellationToken: Now));
            await UntilAsync(async () => (await OrderAsync(server, id)).GetProperty("payState").GetString() == "paid");

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
