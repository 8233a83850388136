using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>kill -9 between a delivery and its being told to Google: it is told by the next process, since Google would give the money back otherwise.</summary>
public sealed class KilledTellingTests : IDisposable
{
    private const string Package = "com.example.killed";
    private const string Game = "1001";
    private const string Secret = "kkkkkkkkkkkkkkkk";
    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_while_it_tells_Google_or_before_it_tells_it_after_the_start(bool isCallUnderWay)
    {
        await using var google = await GooglePlayServer.StartAsync(TimeProvider.System, Package);
        var purchase = new GooglePurchase { PackageName = Package, ProductId = "gold" };
        await using (var server = await StartAsync(google))
        {
            var body = new { gameId = long.Parse(Game), productId = "gold", productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel = "google" };
            using var created = await server.Http.PostAsJsonAsync("/api/v1/orders", body, JsonSerializerOptions.Default, Now);
            var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
            purchase = google.Sell(purchase with { ObfuscatedProfileId = id });
            Assert.Equal(200, await google.PushAsync(server.Http, new Uri(server.Http.BaseAddress!, "/notify/google/" + Game), google.PurchaseNotice(purchase)));
            await UntilAsync(async () => (await server.Http.GetFromJsonAsync<JsonElement>("/api/v1/orders/" + id, Now)).GetProperty("payState").GetString() == "paid");

            // Google takes the call and never answers it.
            google.Fail("consume", StoreFault.Hang);
            Assert.Equal(0, (await new OrderApiGame(server.Http, Game, Secret, TimeProvider.System).SendProductAsync(id, Now)).ResultCode);
            if (isCallUnderWay)
            {
                await UntilAsync(() => Task.FromResult(google.Count("consume") == 1));
            }
            await server.KillAsync();
        }
        Assert.False(google.Sale(purchase.PurchaseToken).IsConsumed);

        // The dead process's lease, where it had one, runs out.
        Assert.Equal(1, await OnStoreAsync("UPDATE fulfilment_reports SET due_ms = 1, lease_until_ms = 0 WHERE due_ms IS NOT NULL"));
        await using (var next = await StartAsync(google))
        {
            await UntilAsync(() => Task.FromResult(google.Sale(purchase.PurchaseToken).IsConsumed));
            await next.StopAsync();
        }
        Assert.Equal(0, await OnStoreAsync("UPDATE fulfilment_reports SET due_ms = 1, lease_until_ms = 0 WHERE due_ms IS NOT NULL"));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private async Task<int> OnStoreAsync(string sql)
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return await store.WriteAsync(transaction => transaction.ExecuteAsync(sql), Now);
    }

    private async Task<ServerProcess> StartAsync(GooglePlayServer google)
    {
        var server = await ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        await server.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = Secret, channels = new { google = JsonNode.Parse(google.Settings()) } });
        return server;
    }
}
