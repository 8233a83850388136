using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A database without space, as its engine says it: SQLite's own limit of pages, an error 53100 of PostgreSQL. Nothing is lost, every protocol says in its own
/// shape that it passes, the node is not ready, and all is well again by itself.</summary>
public sealed class FullDiskTests(Service service) : IClassFixture<Service>
{
    private static readonly string[] Tables = ["orders", "request_keys", "notifications", "pending_changes", "payments"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static bool IsPostgres => Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_ENGINE") is "postgres";

    private Database Store => service.Services.GetRequiredService<Database>();

    [Fact]
    public async Task A_full_disk_is_told_in_every_shape_and_ends_by_itself()
    {
        var game = await service.NewGameAsync();
        var merchant = await OrderCenter.Tests.CardRecharge.Merchant.NewAsync(service);
        var before = await game.CreateAsync(game.NewOrder("p", "6.5", "u", "before"), Now);
        Assert.Equal(0, before.ResultCode);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync());
        await FillAsync();

        // 1. OrderApi: 503 in its envelope. What is large needs room for sure, whatever a page has left.
        using (var refused = await Refused(() => service.Http.PostAsync(new Uri("/ordercenter/createorder", UriKind.Relative), Signed(game), Now)))
        {
            Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
            var reply = await OrderApiGame.ReadAsync(refused, Now);
            Assert.Equal(3, reply.ResultCode);
        }

        // 2. The node is not ready, and says why.
        using (var ready = await service.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), Now))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("full", await ready.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
        }

        // 3. CardRecharge and the native API.
        OrderCenter.Tests.CardRecharge.Merchant.Reply card;
        var cards = 0;
        do
        {
            card = await merchant.OrderAsync(merchant.NewOrder(new string('p', 128)));
            Assert.Contains(card.HttpStatus, new[] { 200, 503 });
        }
        while (card.HttpStatus == 200 && ++cards < 200);
        Assert.Equal((503, 3, ""), (card.HttpStatus, card.Code, card.Sign));
        using (var refused = await Refused(() => service.RawAsync(HttpMethod.Post, "/api/v1/orders", JsonSerializer.Serialize(Large(game.GameId)))))
        {
            await Native.AssertProblemAsync(refused, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        }

        // 4. What was there is read all the while.
        Assert.Equal(0, (await game.QueryAsync(before.PlatOrderId, Now)).ResultCode);

        // 5. Room again: the next request is served, the node is ready, nothing needed a restart.
        await EmptyAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync());
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "6.5", "u", "after"), Now)).ResultCode);
        Assert.Equal(before.PlatOrderId, (await game.CreateAsync(game.NewOrder("p", "6.5", "u", "before"), Now)).PlatOrderId);
        Assert.Equal(0, await OrderCenter.Tests.H5Sdk.Given.NumberAsync(service, "SELECT count(*) FROM request_keys"));
    }

    /// <summary>Sends what needs room until one is refused: a few may still fit in pages that are there.</summary>
    private static async Task<HttpResponseMessage> Refused(Func<Task<HttpResponseMessage>> sendAsync)
    {
        var seen = "";
        for (var i = 0; i < 200; i++)
        {
            var response = await sendAsync();
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return response;
            }
            seen = await response.Content.ReadAsStringAsync(Now);
            Assert.True((int)response.StatusCode < 500, seen);
            response.Dispose();
        }
        throw new InvalidOperationException("the disk is not full: " + seen);
    }

    private static FormUrlEncodedContent Signed(OrderApiGame game)
    {
        var order = game.NewOrder("p", "1", new string('u', 100), Guid.NewGuid().ToString("N"));
        foreach (var name in new[] { "gamename", "roleName", "serverName", "username" })
        {
            order[name] = new string('n', 250);
        }
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2");
        return new FormUrlEncodedContent(order);
    }

    private static Dictionary<string, object?> Large(string gameId)
    {
        var order = Native.NewOrder(gameId);
        order["extra"] = Enumerable.Range(0, 14).ToDictionary(i => "k" + i, _ => new string('x', 250), StringComparer.Ordinal);
        return order;
    }

    private async Task<HttpStatusCode> ReadyAsync()
    {
        using var ready = await service.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), Now);
        return ready.StatusCode;
    }

    private async Task FillAsync()
    {
        if (!IsPostgres)
        {
            var pages = await Store.WriteAsync(transaction => transaction.QueryAsync("PRAGMA page_count", row => row.GetInt64(0)), Now);
            var most = await Store.WriteAsync(transaction => transaction.QueryAsync($"PRAGMA max_page_count = {pages[0]}", row => row.GetInt64(0)), Now);
            Assert.Equal(pages, most);
            return;
        }
        await Store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $f$"),
            Now);
        foreach (var table in Tables)
        {
            await Store.WriteAsync(transaction => transaction.ExecuteAsync($"CREATE TRIGGER no_space BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_space()"), Now);
        }
    }

    private async Task EmptyAsync()
    {
        if (!IsPostgres)
        {
            await Store.WriteAsync(transaction => transaction.QueryAsync("PRAGMA max_page_count = 1000000000", row => row.GetInt64(0)), Now);
            return;
        }
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("DROP FUNCTION no_space() CASCADE"), Now);
    }
}
