using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>contract.md, "Finding, counting, live": <c>GET /callbacks/{id}/request</c> shows what is sent, and no secret.</summary>
public sealed class RequestPreviewTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_what_an_attempt_sends()
    {
        await using var receiver = RawReceiver.Answering("ok"u8);
        var url = $"http://127.0.0.1:{receiver.Port}/paid?from=%7E";
        var game = await service.NewGameAsync(new { callbackUrl = url, callback = new { allowedNetworks = new[] { "127.0.0.0/8" } } });
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("id").GetString()!;
        var sent = (await receiver.Head.WaitAsync(TimeSpan.FromSeconds(20), Now)).Split("\r\n");
        var shown = await service.GetAsync($"/callbacks/{callback}/request");
        Assert.Equal(("POST", url, callback, id, true), (Text(shown, "method"), Text(shown, "url"), Text(shown, "id"), Text(shown, "orderId"), shown.GetProperty("rebuilt").GetBoolean()));
        Assert.NotEmpty(Text(shown, "note"));
        var (headers, body) = (shown.GetProperty("headers"), Text(shown, "body"));
        Assert.Equal(("application/json", callback), (Text(headers, "Content-Type"), Text(headers, "webhook-id")));
        Assert.Equal(Text(shown, "signedText"), $"{callback}.{Text(headers, "webhook-timestamp")}.{body}");

        // The same headers, and by the signature the same bytes: the clock has stood still.
        Assert.Equal("POST /paid?from=%7E HTTP/1.1", sent[0]);
        Assert.All(headers.EnumerateObject(), header => Assert.Contains($"{header.Name}: {header.Value.GetString()}", sent));
        Assert.Equal(["Content-Length", "Host"], sent.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(':')[0]).Except(headers.EnumerateObject().Select(header => header.Name)).Order());

        // Who may sign sees a signature that verifies; by another implementation of the rule.
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes("B8899E2039DF87E2"), Encoding.UTF8.GetBytes(Text(shown, "signedText")));
        Assert.Equal("v1," + Convert.ToBase64String(digest), Text(headers, "webhook-signature"));
        Assert.Equal(id, JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("platorderid").GetString());

        foreach (var role in new[] { "viewer", "support", "finance" })
        {
            var token = await service.NewTokenAsync(role);
            var masked = (await service.WithTokenAsync(token, HttpMethod.Get, $"/callbacks/{callback}/request")).Json;
            Assert.Equal("v1,***", Text(masked.GetProperty("headers"), "webhook-signature"));
            Assert.Equal(body, Text(masked, "body"));
        }
    }

    [Fact]
    public async Task A_sign_in_the_body_is_shown_only_to_who_may_sign_and_its_text_to_everyone()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "100");
        var order = game.NewOrder("c-" + game.GameId, player.OpenId, "12.50", 3, Given.NotifyUrl);
        order["ext"] = "透传 😀&=+%";
        var id = (await game.CreateOrderAsync(order, Now)).TradeNo;
        var callback = Assert.Single(await service.CallbacksAsync(id));
        var shown = await service.GetAsync($"/callbacks/{callback.Id}/request");
        var fields = System.Web.HttpUtility.ParseQueryString(Text(shown, "body"));
        var signed = Text(shown, "signedText");
        Assert.EndsWith("***", signed, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(signed[..^3] + Given.Secret))), fields["sign"]);
        Assert.Equal((id, "12.5", order["ext"]), (fields["tradeNo"], fields["amount"], fields["ext"]));
        Assert.Equal(["sign", "webhook-signature"], shown.GetProperty("signatures").EnumerateArray().Select(one => Text(one, "name")));

        var masked = (await service.WithTokenAsync(await service.NewTokenAsync("viewer"), HttpMethod.Get, $"/callbacks/{callback.Id}/request")).Json;
        Assert.Equal("***", System.Web.HttpUtility.ParseQueryString(Text(masked, "body"))["sign"]);
        Assert.Equal(signed, Text(masked, "signedText"));
        Assert.DoesNotContain(fields["sign"]!, masked.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Secret, shown.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_are_shown_to_nobody()
    {
        foreach (var cardSignature in new[] { "nested", "string" })
        {
            var merchant = await Merchant.NewAsync(service, new { cardSignature });
            var id = await merchant.OrderedAsync("gift");
            await merchant.ResultAsync(id, "success", [new { cardType = 1, cardNo = $"6222-{cardSignature}-7777", cardPassword = "pw\"of😀card", cardRect = "B7" }]);
            var callback = Assert.Single(await merchant.CallbacksAsync(id));
            var shown = await service.GetAsync($"/callbacks/{callback.Id}/request");
            Assert.True(shown.GetProperty("masked").GetBoolean());
            var body = JsonDocument.Parse(Text(shown, "body")).RootElement;
            var card = body.GetProperty("card")[0];
            Assert.Equal(("***", "***", "***", "***"), (Text(card, "card_no"), Text(card, "card_password"), Text(card, "card_rect"), Text(body, "sign")));
            Assert.Equal("v1,***", Text(shown.GetProperty("headers"), "webhook-signature"));
            Assert.DoesNotContain("6222", shown.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("7777", shown.GetRawText(), StringComparison.Ordinal);
        }
        var plain = await Merchant.NewAsync(service);
        var failed = await plain.OrderedAsync("gift");
        await plain.ResultAsync(failed, "failed", []);
        var request = await service.GetAsync($"/callbacks/{Assert.Single(await plain.CallbacksAsync(failed)).Id}/request");
        Assert.False(request.GetProperty("masked").GetBoolean());
        var sent = JsonDocument.Parse(Text(request, "body")).RootElement;
        Assert.Equal(Merchant.Sign(Text(request, "body").Replace($",\"sign\":\"{Text(sent, "sign")}\"", "", StringComparison.Ordinal), Merchant.Secret), Text(sent, "sign"));
    }

    [Fact]
    public async Task A_body_that_is_no_text_is_base64_and_readable_beside_it()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/cp" }, protocol: "OrderCheck");
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("id").GetString()!;
        var shown = await service.GetAsync($"/callbacks/{callback}/request");
        Assert.Equal("base64", Text(shown, "bodyEncoding"));
        Assert.Equal(0x88, Convert.FromBase64String(Text(shown, "body"))[0]);
        Assert.Equal(id, JsonDocument.Parse(Text(shown, "bodyText")).RootElement.GetProperty("sz_order_id").GetString());
    }

    [Fact]
    public async Task An_app_without_a_valid_secret_is_shown_without_signatures()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/c" });
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });
        var row = (await service.Store().ReadAsync(transaction => OrderTable.FindAsync(transaction, OrderId.FromStore(id)), Now))!;
        var callback = (await service.CallbacksAsync(id))[0];
        var app = service.Services.GetRequiredService<AppCatalog>().Find(row.Order.GameId)!;
        var protocol = service.Services.GetServices<ICallbackProtocol>().Single(one => one.Name == app.Protocol);
        Assert.Equal(protocol.Encode(app, row, callback, new Secret("x")).Bytes, protocol.Preview(app, row, callback, new Secret("x")).Body.Bytes);
        Assert.Equal(CallbackEvents.Paid, Text(await service.GetAsync($"/callbacks/{callback.Id}/request"), "event"));
    }

    [Theory]
    [InlineData("cb_1_1")]
    [InlineData("cb_1")]
    [InlineData("nonsense")]
    [InlineData("cb_999999999999999999999_999999")]
    public async Task What_is_not_there_is_not_found(string id)
    {
        using var response = await service.SendAsync(HttpMethod.Get, $"/api/v1/callbacks/{id}/request");
        await Native.AssertProblemAsync(response, HttpStatusCode.NotFound);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
