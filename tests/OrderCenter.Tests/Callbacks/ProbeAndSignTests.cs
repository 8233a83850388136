using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>What game teams are told by the sign debugger about their text; by the probe about their endpoint: <see cref="ProbeTests"/>.</summary>
public sealed class ProbeAndSignTests(Service service) : IClassFixture<Service>
{
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
        var game = await service.NewGameAsync(secret: "is never told, never");
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/sign", new { fields = new { time = 1, platorderid = "2" }, against = "platorderid=2&time=2&" });
        Assert.Equal(System.Net.HttpStatusCode.OK, status);
        Assert.Equal(("platorderid=2&time=1&***", 19), (json.GetProperty("hashed").GetString(), json.GetProperty("firstDifference").GetInt32()));
        Assert.Equal(OrderApiGame.Sign(new Dictionary<string, string> { ["platorderid"] = "2", ["time"] = "1" }, "is never told, never"), json.GetProperty("sign").GetString());
        Assert.DoesNotContain("is never told, never", json.GetRawText(), StringComparison.Ordinal);
    }

    private ICallbackProtocol Protocol(string name) => service.Services.GetServices<ICallbackProtocol>().Single(protocol => protocol.Name == name);

    private SignExplanation? Explain(string protocol, string secret, (string Name, string Value)[] fields) =>
        Protocol(protocol).Explain([.. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))], new Secret(secret));
}
