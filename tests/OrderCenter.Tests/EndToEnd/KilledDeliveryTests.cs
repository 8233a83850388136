using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>kill -9 of the real process under load, again and again: every order that was acknowledged as paid is told, and what is told twice is no more
/// than what was in flight at the kills.</summary>
public sealed class KilledDeliveryTests : IDisposable
{
    private const int Kills = 20;
    private const int PaidBetweenKills = 25;

    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Killed_twenty_times_under_load_it_loses_no_callback()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["kkkkkkkkkkkkkkkk"], Clock = TimeProvider.System, Random = new Random(7), RequiresWebhookHeaders = false }, Now);
        receiver.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(30)));
        var paid = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        long inFlightAtKills = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await StartAsync(receiver);
            await PayUntilAsync(server, paid, paid.Count + PaidBetweenKills);
            await server.KillAsync();
            inFlightAtKills += await InFlightAsync();
        }

        receiver.Faults.Clear();
        var last = await StartAsync(receiver);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await receiver.Ledger.WaitAsync(ledger => paid.Keys.All(ledger.HasGoods), patience.Token);
        Assert.True(paid.Count >= Kills * PaidBetweenKills);
        await last.DisposeAsync();

        // On a slow machine an answer may come after the second that the app waits for it: then it is told again after 5 s.
        Assert.InRange(receiver.Ledger.Duplicates, 0, inFlightAtKills + await CountAsync("callback_attempts WHERE error NOT LIKE 'outcome unknown%' AND error NOT LIKE 'not sent%'"));
        Assert.Equal(0, receiver.Ledger.Overlaps);
        Assert.Equal((0, 0), (receiver.Ledger.WrongSignatures, receiver.Ledger.Malformed));
    }

    /// <summary>What the dead process had begun and not recorded: only that may arrive twice. Read before anybody takes it over.</summary>
    private Task<long> InFlightAsync() => CountAsync("callbacks WHERE status = 1");

    private async Task<long> CountAsync(string what)
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        return (await store.ReadAsync(transaction => transaction.QueryAsync($"SELECT count(*) FROM {what}", row => row.GetInt64(0)), Now))[0];
    }

    private async Task<ServerProcess> StartAsync(GameServer receiver)
    {
        var server = await ServerProcess.StartAsync(
            _database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"), ("Callbacks__AllowPrivateNetworks", "true"));
        await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk", callbackUrl = receiver.OrderApi, callback = new { timeoutSeconds = 1 } });
        return server;
    }

    private static async Task PayUntilAsync(ServerProcess server, ConcurrentDictionary<string, bool> paid, int count)
    {
        var game = new OrderApiGame(server.Http, "1001", "kkkkkkkkkkkkkkkk", TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (paid.Count < count)
            {
                var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
                using var response = await server.Http.PostAsJsonAsync($"/api/v1/orders/{id}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") }, JsonSerializerOptions.Default, Now);
                response.EnsureSuccessStatusCode();
                paid[id] = true;
            }
        })));
    }
}
