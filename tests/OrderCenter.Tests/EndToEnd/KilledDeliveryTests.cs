using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>kill -9 of the real process under load, again and again: every order that was acknowledged as paid is told, and what is told twice is no more
/// than what was in flight at the kills.</summary>
public sealed class KilledDeliveryTests : IDisposable
{
    private const int Kills = 20;
    private const int PaidBetweenKills = 25;

    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-killed-").FullName;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Killed_twenty_times_under_load_it_loses_no_callback()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["k"], Clock = TimeProvider.System, Random = new Random(7), RequiresWebhookHeaders = false }, Now);
        receiver.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(30)));
        var paid = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        long inFlightAtKills = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await StartAsync(receiver);
            await PayUntilAsync(server, paid, paid.Count + PaidBetweenKills);
            inFlightAtKills += receiver.Ledger.InFlight;
            await server.KillAsync();
        }

        receiver.Faults.Clear();
        await using var last = await StartAsync(receiver);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await receiver.Ledger.WaitAsync(ledger => paid.Keys.All(ledger.HasGoods), patience.Token);
        Assert.True(paid.Count >= Kills * PaidBetweenKills);

        // One more a kill: a call that ended at the receiver while its outcome was not yet on disk is in flight for us, but not for the receiver any more.
        var allowed = inFlightAtKills + (Kills * 32);
        Assert.InRange(receiver.Ledger.Duplicates, 0, allowed);
        Assert.Equal((0, 0), (receiver.Ledger.WrongSignatures, receiver.Ledger.Malformed));
    }

    private async Task<ServerProcess> StartAsync(GameServer receiver)
    {
        var server = await ServerProcess.StartAsync(
            Path.Combine(_directory, "o.db"), ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"), ("Callbacks__AllowPrivateNetworks", "true"));
        await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = "k", callbackUrl = receiver.OrderApi, callback = new { timeoutSeconds = 1 } });
        return server;
    }

    private static async Task PayUntilAsync(ServerProcess server, ConcurrentDictionary<string, bool> paid, int count)
    {
        var game = new OrderApiGame(server.Http, "1001", "k", TimeProvider.System);
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
