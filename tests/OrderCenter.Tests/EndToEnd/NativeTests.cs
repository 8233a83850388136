using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>The program as a process, the native binary too: what a trimmed program could have lost.</summary>
public sealed class NativeTests : IAsyncLifetime
{
    private const string Secret = "B8899E2039DF87E2";

    private readonly TestDatabase _database = new();
    private ServerProcess _server = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(_database.Options, ("Callbacks__AllowPrivateNetworks", "true"));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Metrics_hold_every_family_that_the_operating_guide_names()
    {
        await using var game = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        await PayAsync(game);
        await game.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operating.md"), Now);
        var named = Regex.Matches(guide, "`(?<name>(ordercenter|http_server|kestrel|dotnet)_[a-z_]*)\\*?(\\{[^`]*)?`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(named.Count > 12, string.Join(", ", named));

        // The attempt is counted once it is recorded, which is after the game's answer.
        string text;
        var since = TimeProvider.System.GetTimestamp();
        while (!(text = await _server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Now)).Contains("ordercenter_callback_duration_seconds_count", StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), "the attempt was not counted");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
        Assert.All(named, name => Assert.Contains("\n" + name, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_description_and_the_page_that_shows_it_are_served_from_the_program()
    {
        var document = await _server.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Now);
        Assert.True(document.GetProperty("paths").EnumerateObject().Count() > 20);
        Assert.True(document.GetProperty("components").GetProperty("schemas").EnumerateObject().Count() > 20);
        using var answer = await _server.Http.GetAsync(new Uri("/scalar/", UriKind.Relative), Now);
        Assert.StartsWith("default-src 'self'; ", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var page = await answer.Content.ReadAsStringAsync(Now);
        Assert.Contains("openapi/v1.json", page, StringComparison.Ordinal);
        var scripts = Regex.Matches(page, "(src|href)=\"(?<address>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["address"].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            // Nothing is loaded from elsewhere.
            var address = new Uri(new Uri(_server.Http.BaseAddress!, "/scalar/"), script);
            Assert.Equal(_server.Http.BaseAddress!.Authority, address.Authority);
            using var response = await _server.Http.GetAsync(address, Now);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private async Task PayAsync(GameServer game)
    {
        await _server.PutAppAsync("1001", new { name = "g", protocol = "OrderApi", secret = Secret, callbackUrl = game.OrderApi });
        var order = new { gameId = 1001, productId = "p", productName = "p", money = "6", currency = "CNY", userId = "u", merchantOrderId = "m-1", quantity = 1 };
        using var created = await _server.Http.PostAsJsonAsync("/api/v1/orders", order, Now);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("orderId").GetString()!;
        using var paid = await _server.Http.PostAsJsonAsync($"/api/v1/orders/{id}/paid", new { channel = "test", transactionId = "T-1" }, Now);
        Assert.Equal(HttpStatusCode.OK, paid.StatusCode);
    }
}
