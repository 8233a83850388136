using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.ChangeFeed;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Statistics;

/// <summary>contract.md, "Finding, counting, live": <c>GET /statistics</c> over HTTP.</summary>
public sealed class StatisticsTests(StatisticsTests.Delivering service) : IClassFixture<StatisticsTests.Delivering>
{
    private const string Secret = "B8899E2039DF87E2";
    private const string Month = "from=2026-11-21T00:00:00Z&to=2026-12-21T00:00:00Z";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Delivering : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task Orders_count_where_they_are_created_paid_delivered_and_refunded_and_move_to_the_channel_that_paid_them()
    {
        var game = await service.NewGameAsync();
        var (paid, refunded, _) = (await CreateAsync(game), await CreateAsync(game), await CreateAsync(game));
        Assert.Equal([(null, "3/19.5", "0/0", "0/0", "0/0")], Items(await ReadAsync(game, "channel")));

        await PayAsync(paid);
        await PayAsync(refunded);
        await game.SendProductAsync(paid, Now);
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(refunded, "refund", new { reason = "asked for" })).Status);
        Assert.Equal([(null, "1/6.5", "0/0", "0/0", "0/0"), ("bank", "2/13", "2/13", "1/6.5", "1/6.5")], Items(await ReadAsync(game, "channel")));
        foreach (var (by, key) in new[] { ("game", game.GameId), ("currency", "CNY"), ("product", "gems.60") })
        {
            Assert.Equal([(key, "3/19.5", "2/13", "1/6.5", "1/6.5")], Items(await ReadAsync(game, by)));
        }
        var answer = await ReadAsync(game, "game");
        Assert.Empty(answer.GetProperty("tests").EnumerateArray());
        Assert.Equal(("day", "game"), (answer.GetProperty("step").GetString(), answer.GetProperty("by").GetString()));
        Assert.Equal("CNY", answer.GetProperty("items")[0].GetProperty("currency").GetString());
    }

    [Fact]
    public async Task Tests_are_counted_apart_also_as_created()
    {
        var game = await service.NewGameAsync(new { testers = new[] { "u42" } });
        var (test, _) = (await CreateAsync(game), await CreateAsync(game));
        Assert.Equal([(game.GameId, "2/13", "0/0", "0/0", "0/0")], Items(await ReadAsync(game, "game")));
        var bought = new AppleTransaction { BundleId = Service.AppleBundle, ProductId = "gems.60", Environment = "Sandbox" };
        Assert.Equal(0, (await game.ValidateAsync(test, service.Apple.Purchase(bought), Now)).ResultCode);
        var answer = await ReadAsync(game, "game");
        Assert.Equal([(game.GameId, "1/6.5", "0/0", "0/0", "0/0")], Items(answer));
        Assert.Equal([(game.GameId, "1/6.5", "1/6.5", "0/0", "0/0")], Items(answer, "tests"));
    }

    [Fact]
    public async Task Refused_receipts_are_counted_by_their_channel_as_often_as_they_come()
    {
        var game = await service.NewGameAsync();
        var id = await CreateAsync(game);
        var other = new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gems.300" };
        for (var times = 0; times < 3; times++)
        {
            Assert.Equal(3, (await game.ValidateAsync(id, service.Google.Purchase(other), Now)).ResultCode);
        }
        await game.ValidateAsync(id, "{\"a\":1}", Now);
        Assert.Equal([(null, 1), ("google", 3)], (await ReadAsync(game, "channel")).GetProperty("health").EnumerateArray().Select(Refusals));
        Assert.Equal((game.GameId, 4), Refusals(Assert.Single((await ReadAsync(game, "game")).GetProperty("health").EnumerateArray())));
        Assert.Equal([("gems.60", "1/6.5", "0/0", "0/0", "0/0")], Items(await ReadAsync(game, "product")));

        static (string? Key, long Count) Refusals(JsonElement health) => (health.GetProperty("key").GetString(), health.GetProperty("verificationRefusals").GetInt64());
    }

    [Fact]
    public async Task Attempts_of_callbacks_are_counted_as_they_are_on_record()
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0, 5 } } });
        var exhausted = await CreateAsync(game);
        await PayAsync(exhausted);
        await CallbackAsync(exhausted, "pending");
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        await CallbackAsync(exhausted, "exhausted");
        receiver.Faults.Clear();
        var delivered = await CreateAsync(game);
        await PayAsync(delivered);
        await CallbackAsync(delivered, "delivered");

        var health = Assert.Single((await ReadAsync(game, "game")).GetProperty("health").EnumerateArray());
        Assert.Equal((game.GameId, 3, 1), (health.GetProperty("key").GetString(), health.GetProperty("callbackAttempts").GetInt64(), health.GetProperty("callbackSuccesses").GetInt64()));
        Assert.InRange(health.GetProperty("callbackP95Ms").GetInt64(), 1, 60_000);
        var byChannel = Assert.Single((await ReadAsync(game, "channel")).GetProperty("health").EnumerateArray());
        Assert.Equal((null, 3), (byChannel.GetProperty("key").GetString(), byChannel.GetProperty("callbackAttempts").GetInt64()));
    }

    [Fact]
    public async Task Who_is_limited_to_games_counts_only_these()
    {
        var (own, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        await CreateAsync(own);
        await CreateAsync(other);
        await CreateAsync(other);
        await service.NumberAsync();
        var token = await service.NewTokenAsync("viewer", [long.Parse(own.GameId)]);
        foreach (var by in new[] { "game", "channel", "currency", "product" })
        {
            var (status, json) = await service.WithTokenAsync(token, HttpMethod.Get, $"/statistics?{Month}&step=day&by={by}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("1/6.5", Assert.Single(Items(json)).Created);
        }
        var foreign = await service.WithTokenAsync(token, HttpMethod.Get, $"/statistics?{Month}&gameId={other.GameId}");
        var nothing = await service.WithTokenAsync(token, HttpMethod.Get, $"/statistics?{Month}&gameId=9999999999");
        Assert.Equal((HttpStatusCode.BadRequest, nothing.Json.GetRawText()), (foreign.Status, foreign.Json.GetRawText()));
    }

    [Fact]
    public async Task Times_within_an_hour_are_widened_to_whole_hours_and_the_answer_says_so()
    {
        var game = await service.NewGameAsync();
        var now = service.Clock.GetUtcNow();
        await CreateAsync(game);
        await service.NumberAsync();
        string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var hour = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
        var json = await service.GetAsync($"/statistics?gameId={game.GameId}&from={Text(hour.AddMinutes(59))}&to={Text(hour.AddMinutes(60))}");
        Assert.Equal((hour, hour.AddHours(1)), (json.GetProperty("from").GetDateTimeOffset(), json.GetProperty("to").GetDateTimeOffset()));
        Assert.Equal("1/6.5", Assert.Single(Items(json)).Created);
        Assert.Equal(hour, json.GetProperty("items")[0].GetProperty("time").GetDateTimeOffset());

        // Without an end: until now.
        json = await service.GetAsync($"/statistics?gameId={game.GameId}&from={Text(hour.AddMinutes(-1))}");
        Assert.Equal((hour.AddHours(-1), "hour", "game"), (json.GetProperty("from").GetDateTimeOffset(), json.GetProperty("step").GetString(), json.GetProperty("by").GetString()));
        Assert.Single(Items(json));
        Assert.Empty(Items(await service.GetAsync($"/statistics?gameId={game.GameId}&from={Text(hour.AddHours(-2))}&to={Text(hour)}")));
    }

    [Theory]
    [InlineData("", "from")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-11-21T00:00:00Z&to=2026-11-21", "to")]
    [InlineData("from=2026-11-21T00:00:00Z&to=2026-11-21T00:00:00Z", "to")]
    [InlineData("from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "to")]
    [InlineData("from=2026-11-21T00:00:00Z&to=9999-12-31T23:59:59Z", "to")]
    [InlineData("from=9999-12-31T23:59:59Z&to=9999-12-31T23:59:59.999Z", "to")]
    [InlineData("from=2026-11-21T00:00:00Z&to=2026-12-22T00:00:01Z", "from")]
    [InlineData("from=2026-11-21T00:00:00Z&to=2028-11-21T00:00:00Z&step=day", "from")]
    [InlineData("from=0001-01-01T00:00:00Z", "from")]
    [InlineData($"{Month}&step=week", "step")]
    [InlineData($"{Month}&by=player", "by")]
    [InlineData($"{Month}&by=1", "by")]
    [InlineData($"{Month}&gameId=nobody", "gameId")]
    [InlineData($"{Month}&limit=5", "limit")]
    public async Task What_is_wrong_is_a_400_that_names_it(string query, string field)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/statistics?" + query);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task The_longest_times_are_answered()
    {
        Assert.Equal("hour", (await service.GetAsync("/statistics?from=2026-11-21T00:00:00Z&to=2026-12-22T00:00:00Z")).GetProperty("step").GetString());
        Assert.Equal("day", (await service.GetAsync("/statistics?from=2026-01-01T00:00:00%2B08:00&to=2027-02-05T00:00:00%2B08:00&step=day")).GetProperty("step").GetString());
        Assert.Empty(Items(await service.GetAsync("/statistics?from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z&step=day")));
    }

    private Task<string> CreateAsync(OrderApiGame game) => service.CreateAsync(Native.NewOrder(game.GameId));

    private async Task PayAsync(string id)
    {
        var (status, json) = await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
    }

    private async Task<JsonElement> ReadAsync(OrderApiGame game, string by)
    {
        await service.NumberAsync();
        return await service.GetAsync($"/statistics?{Month}&step=day&by={by}&gameId={game.GameId}");
    }

    private async Task CallbackAsync(string orderId, string status)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await service.OrderAsync(orderId)).GetProperty("callbacks")[0].GetProperty("status").GetString() != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Key and figures of each item; of these tests all are in one step.</summary>
    private static List<(string? Key, string Created, string Paid, string Refunded, string Delivered)> Items(JsonElement answer, string list = "items")
    {
        static string Figure(JsonElement item, string name) => $"{item.GetProperty(name).GetProperty("count").GetInt64()}/{item.GetProperty(name).GetProperty("money").GetString()}";
        return
        [
            .. answer.GetProperty(list).EnumerateArray()
                .Select(item => (item.GetProperty("key").GetString(), Figure(item, "created"), Figure(item, "paid"), Figure(item, "refunded"), Figure(item, "delivered"))),
        ];
    }
}
