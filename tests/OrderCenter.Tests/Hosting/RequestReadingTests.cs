using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Payments;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>Requests as tools really send them: with a byte order mark, without a content type, with a slash too many.</summary>
public sealed class RequestReadingTests(Service service) : IClassFixture<Service>
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    private static readonly byte[] Mark = [0xef, 0xbb, 0xbf];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Form)]
    [InlineData(Json)]
    [InlineData(null)]
    public async Task A_mark_before_a_request_of_OrderApi_or_H5Sdk_is_dropped(string? type)
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "6.5", "u");
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2");
        Assert.Equal(0, (await PostAsync("/ordercenter/createorder", [.. Mark, .. Body(order, type)], type)).GetProperty("resultCode").GetInt32());

        var h5 = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(h5.GameId, "10");
        var asked = h5.NewOrder("c", player.OpenId, "1", 3, Given.NotifyUrl);
        asked["sign"] = GameSigning.H5Sdk(asked, Given.Secret);
        Assert.Equal("000", (await PostAsync("/cp/createOrder", [.. Mark, .. Body(asked, type)], type)).GetProperty("code").GetString());
        var login = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["openId"] = player.OpenId };
        Assert.Equal("000", (await PostAsync("/cp/getUserByOpenId", [.. Mark, .. Body(login, type)], type)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_mark_before_a_request_of_CardRecharge_or_the_native_api_is_dropped()
    {
        var merchant = await Merchant.NewAsync(service, new { allowedIps = new[] { "127.0.0.1", "::1" } });
        var order = merchant.NewOrder("p");
        order["sign"] = Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret);
        Assert.Equal(0, (await merchant.PostAsync("order", [.. Mark, .. JsonSerializer.SerializeToUtf8Bytes(order)])).Code);

        using var content = new ByteArrayContent([.. Mark, .. "{\"name\":\"n\",\"protocol\":\"OrderApi\"}"u8]);
        content.Headers.TryAddWithoutValidation("Content-Type", Json);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}") { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Service.Token);
        using var response = await service.Http.SendAsync(request, Now);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public void A_mark_before_a_receipt_or_a_stores_json_is_dropped_and_two_are_not()
    {
        Assert.True(Receipt.TryObject((byte[])[.. Mark, .. "{\"a\":1}"u8], out var root, out var fault), fault);
        Assert.Equal(1, root.GetProperty("a").GetInt32());
        Assert.False(Receipt.TryObject((byte[])[.. Mark, .. Mark, .. "{\"a\":1}"u8], out _, out _));
        Assert.True(Receipt.TryParse(Encoding.UTF8.GetBytes("\uFEFF{\"Store\":\"GooglePlay\",\"TransactionID\":\"t\",\"Payload\":\"\uFEFF{\\\"json\\\":\\\"x\\\"}\"}"), out var receipt, out fault), fault);
        Assert.Equal("x", receipt.Root.GetProperty("json").GetString());
    }

    [Theory]
    [InlineData("//ordercenter/createorder", true)]
    [InlineData("////ordercenter/createorder", true)]
    [InlineData("//cp/createOrder", true)]
    [InlineData("//cp/getUserByOpenId", true)]
    [InlineData("//cardrecharge/order", true)]
    [InlineData("//openapi/order/check", true)]
    [InlineData("//openapi/v1.json", false)]
    [InlineData("//api/v1/apps", false)]
    [InlineData("//metrics", false)]
    [InlineData("//healthz/ready", false)]
    [InlineData("//notify/google/1", false)]
    [InlineData("//ordercenters/createorder", false)]
    [InlineData("/ordercenter//createorder", false)]
    public async Task A_slash_too_many_before_a_protocols_path_is_dropped_and_opens_nothing_else(string path, bool isServed)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port, Now);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {Form}\r\nAuthorization: Bearer {Service.Token}\r\nContent-Length: 3\r\n\r\na=1"), Now);
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync(Now);
        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        Assert.Equal(isServed, !answer.StartsWith("HTTP/1.1 404 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_order_can_be_made_with_a_slash_too_many()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "6.5", "u");
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2");
        Assert.Equal(0, (await PostAsync($"{service.Http.BaseAddress}/ordercenter/createorder", Body(order, Form), Form)).GetProperty("resultCode").GetInt32());
    }

    private static byte[] Body(SortedDictionary<string, string> fields, string? type) => type == Json
        ? JsonSerializer.SerializeToUtf8Bytes(fields)
        : Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")));

    private async Task<JsonElement> PostAsync(string path, byte[] body, string? type)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        using var response = await service.Http.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), content, Now);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Now));
        return json.RootElement.Clone();
    }
}
