using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>kill -9 between the answer to a store and the reading of what it said: the store never says it again, and it is not lost.</summary>
public sealed class KilledInboxTests : IDisposable
{
    private const string Package = "com.example.killed";
    private const string Game = "1001";
    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Killed_before_a_kept_notification_was_read_it_is_read_after_the_start()
    {
        await using var google = await GooglePlayServer.StartAsync(TimeProvider.System, Package);
        string id;
        await using (var server = await StartAsync(google))
        {
            var body = new { gameId = long.Parse(Game), productId = "gold", productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel = "google" };
            using var created = await server.Http.PostAsJsonAsync("/api/v1/orders", body, JsonSerializerOptions.Default, Now);
            id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;

            // Google is asked what the notification means, and does not answer before the process is killed.
            google.Fail("get", StoreFault.Hang);
            var purchase = google.Sell(new GooglePurchase { PackageName = Package, ProductId = "gold", ObfuscatedProfileId = id });
            Assert.Equal(200, await google.PushAsync(server.Http, new Uri(server.Http.BaseAddress!, "/notify/google/" + Game), google.PurchaseNotice(purchase)));
            await UntilAsync(() => Task.FromResult(google.Count("get") == 1));
            await server.KillAsync();
        }
        Assert.Equal(1, await UpdateAsync("UPDATE notifications SET due_ms = 1, lease_until_ms = 0 WHERE state = 0"));
        await using var next = await StartAsync(google);
        await UntilAsync(async () => (await next.Http.GetFromJsonAsync<JsonElement>("/api/v1/orders/" + id, Now)).GetProperty("payState").GetString() == "paid");
        Assert.Equal(2, google.Count("get"));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>The dead reader's lease runs out: its minute is over at once.</summary>
    private async Task<int> UpdateAsync(string sql)
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return await store.WriteAsync(transaction => transaction.ExecuteAsync(sql), Now);
    }

    private async Task<ServerProcess> StartAsync(GooglePlayServer google)
    {
        var server = await ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        await server.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", channels = new { google = JsonNode.Parse(google.Settings()) } });
        return server;
    }
}
