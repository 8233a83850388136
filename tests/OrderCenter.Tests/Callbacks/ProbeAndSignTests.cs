using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>What game teams are told: by the probe about their endpoint, by the sign debugger about their text.</summary>
public sealed class ProbeAndSignTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("H5Sdk", "/h5sdk")]
    [InlineData("CardRecharge", "/cardrecharge")]
    [InlineData("OrderApi", "/orderapi")]
    public async Task A_good_endpoint_passes_every_trial(string protocol, string path)
    {
        await using var receiver = await ReceiverAsync();
        var findings = await ProbeAsync(protocol, new Uri(receiver.Address, path));
        Assert.All(findings, finding => Assert.True(finding.IsGood, $"{finding.Tried}: {finding.Words}"));
        Assert.Equal(4, findings.Count);
    }

    [Fact]
    public async Task An_endpoint_that_accepts_anything_is_told_so()
    {
        await using var receiver = await ReceiverAsync();
        var findings = await ProbeAsync("OrderApi", receiver.Fast);
        Assert.Contains("ACCEPTED", findings.Single(finding => !finding.IsGood).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_redirects_or_is_not_there_is_told_so()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Redirect);
        Assert.Contains("redirects", (await ProbeAsync("OrderApi", receiver.OrderApi))[0].Words, StringComparison.Ordinal);
        Assert.StartsWith("no answer", (await ProbeAsync("OrderApi", new Uri("http://127.0.0.1:9/")))[0].Words, StringComparison.Ordinal);
    }

    [Fact]
    public void The_debugger_shows_the_text_and_where_another_first_differs()
    {
        var fields = new[] { ("tradeNo", "1001"), ("amount", "1.0"), ("codeNo", "100"), ("ext", "1"), ("notifyUrl", "http://x.xx.com"), ("openId", "adb"), ("payWay", "1"), ("sign", "x") };
        var explanation = Explain("H5Sdk", "6a29c63ab6b9368ca0cc0e04962bc541", fields)!;
        Assert.Equal("amount=1.0&codeNo=100&ext=1&notifyUrl=http://x.xx.com&openId=adb&payWay=1&tradeNo=1001", explanation.Canonical);
        Assert.Equal("fe0ee71f84e8f3cdb16df9e6e4cdc20b", explanation.Sign);
        Assert.Null(explanation.FirstDifference(explanation.Canonical));
        Assert.Equal(24, explanation.FirstDifference("amount=1.0&codeNo=100&ex&"));
        Assert.Equal("a118bd1cfd00f92d5452121fb3d26c73", Explain("CardRecharge", "538bdb67540d81fabaab1ef3d26f6257", [("orderno", "B2C2208041455471000499115"), ("customer_order_no", "42ertdgsfsfsf"), ("status", "failed")])!.Sign);
        Assert.Equal("50685e89b976d93494f210d8c2a2c724", Explain("OrderApi", "k", [("time", "1"), ("platorderid", "1 +&=%2"), ("payreturndata", "x")])!.Sign);
        Assert.Null(Explain("OrderCheck", "k", [("a", "1")]));
    }

    [Fact]
    public async Task The_native_api_explains_with_the_apps_secret_and_never_tells_it()
    {
        var game = await service.NewGameAsync(secret: "never told");
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/sign", new { fields = new { time = 1, platorderid = "2" }, against = "platorderid=2&time=2&" });
        Assert.Equal(System.Net.HttpStatusCode.OK, status);
        Assert.Equal(("platorderid=2&time=1&***", 19), (json.GetProperty("hashed").GetString(), json.GetProperty("firstDifference").GetInt32()));
        Assert.Equal(OrderApiGame.Sign(new Dictionary<string, string> { ["platorderid"] = "2", ["time"] = "1" }, "never told"), json.GetProperty("sign").GetString());
        Assert.DoesNotContain("never told", json.GetRawText(), StringComparison.Ordinal);
    }

    private static Task<GameServer> ReceiverAsync() => GameServer.StartAsync(new GameServerOptions { Secrets = ["k"], Clock = TimeProvider.System, Random = new Random(1) }, Now);

    private Task<IReadOnlyList<ProbeFinding>> ProbeAsync(string protocol, Uri url) => new Probe(Protocol(protocol), TimeProvider.System).RunAsync(url, new Secret("k"), Now);

    private ICallbackProtocol Protocol(string name) => service.Services.GetServices<ICallbackProtocol>().Single(protocol => protocol.Name == name);

    private SignExplanation? Explain(string protocol, string secret, (string Name, string Value)[] fields) =>
        Protocol(protocol).Explain([.. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))], new Secret(secret));
}
