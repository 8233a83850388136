using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Persistence;
using OrderCenter.Tests.Live;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>GET /events of several nodes on one PostgreSQL.</summary>
public sealed class LiveNodesTests
{
    private const string Game = "1001";
    private static readonly (string, string)[] Quiet = [("Logging__LogLevel__Default", "Error"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information")];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_at_one_node_is_told_at_the_other_within_two_seconds_and_a_stop_closes_the_streams_at_once()
    {
        var options = new DatabaseOptions(DatabaseOptions.Postgres, PostgresCluster.Shared.NewDatabase());
        await using var first = await ServerProcess.StartAsync(options, Quiet);
        await using var second = await ServerProcess.StartAsync(options, Quiet);
        await first.PutAppAsync(Game, new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
        using var events = await EventReader.OpenAsync(second.Http, Service.Token);
        for (var i = 0; i < 3; i++)
        {
            using var created = await first.Http.PostAsJsonAsync(
                "/api/v1/orders", new { gameId = Game, productId = "p", productName = "p", money = "6.5", currency = "CNY", userId = "u", merchantOrderId = $"m{i}" }, JsonSerializerOptions.Default, Now);
            created.EnsureSuccessStatusCode();
            var order = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
            var since = TimeProvider.System.GetTimestamp();
            await events.UntilOrderAsync(order);
            Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 2);
        }
        var ended = events.EndAsync(TimeSpan.FromSeconds(10));
        Assert.InRange((await second.StopAsync()).TotalSeconds, 0, 4);
        await ended;
    }
}
