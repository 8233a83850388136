using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>protocols.md §1, "Reading": one signature, one request.</summary>
public sealed class AmbiguousRequestTests(Service service) : IClassFixture<Service>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => ["form", "json", "query", "multipart"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_create_cut_anew_is_refused_in_every_form_of_a_request(string form)
    {
        var game = await service.NewGameAsync();
        var honest = game.NewOrder("p", "6.5", "u", "A-1");
        honest["roleName"] = "srv=1";
        Assert.Equal(0, (await game.CreateAsync(honest, Now)).ResultCode);

        // productname=60 元宝&roleName=srv=1, with the second joined to the first.
        var cut = new SortedDictionary<string, string>(honest, StringComparer.Ordinal) { ["productname"] = "60 元宝&roleName=srv=1" };
        cut.Remove("roleName");
        Assert.Equal(honest["sign"], OrderApiGame.Sign(cut, Secret));
        var reply = await SendAsync("createorder", cut, form);
        Assert.Equal((200, 3), (reply.HttpStatus, reply.ResultCode));
        Assert.StartsWith("productname must not hold &roleName=", reply.Message, StringComparison.Ordinal);

        // A name that swallows a value before it.
        var swallowed = new SortedDictionary<string, string>(honest, StringComparer.Ordinal) { ["productname=60 元宝&roleName"] = "srv=1" };
        swallowed.Remove("productname");
        swallowed.Remove("roleName");
        Assert.Equal(honest["sign"], OrderApiGame.Sign(swallowed, Secret));
        Assert.Equal(3, (await SendAsync("createorder", swallowed, form)).ResultCode);
    }

    [Fact]
    public async Task A_create_cut_into_a_sendproduct_of_anothers_order_delivers_nothing()
    {
        var game = await service.NewGameAsync();
        var victim = await PaidAsync(game);
        var now = service.Clock.GetUtcNow().ToUnixTimeSeconds();

        // The player's own name carries the rest; the game signs it without a thought.
        var created = game.NewOrder("p", "6.5", "u");
        created["packagename"] = $"x&platorderid={victim}";
        created["time"] = now.ToString();
        Assert.Equal(3, (await game.CreateAsync(created, Now)).ResultCode);
        var cut = new SortedDictionary<string, string>(created, StringComparer.Ordinal) { ["packagename"] = "x", ["platorderid"] = victim };
        Assert.Equal(created["sign"], OrderApiGame.Sign(cut, Secret));
        foreach (var endpoint in new[] { "sendproduct", "queryorder" })
        {
            var reply = await SendAsync(endpoint, cut, "form");
            Assert.Equal((3, "money is a field of another endpoint and must not be sent here"), (reply.ResultCode, reply.Message));
        }
        Assert.False((await game.SendProductAsync(victim, Now)).IsDuplicate);
    }

    [Theory]
    [InlineData("sendproduct", "money")]
    [InlineData("sendproduct", "productid")]
    [InlineData("sendproduct", "currency")]
    [InlineData("sendproduct", "userID")]
    [InlineData("sendproduct", "payreturndata")]
    [InlineData("queryorder", "money")]
    [InlineData("queryorder", "productid")]
    [InlineData("queryorder", "currency")]
    [InlineData("queryorder", "userID")]
    [InlineData("queryorder", "payreturndata")]
    [InlineData("createorder", "payreturndata")]
    public async Task A_field_of_another_endpoint_is_refused_by_its_name_also_when_it_is_empty(string endpoint, string field)
    {
        var game = await service.NewGameAsync();
        var parameters = endpoint == "createorder" ? game.NewOrder("p", "1", "u") : Timed(await PaidAsync(game), game);
        parameters[field] = "";
        parameters["sign"] = SignAll(parameters);
        var reply = await SendAsync(endpoint, parameters, "form");
        Assert.Equal((3, $"{field} is a field of another endpoint and must not be sent here"), (reply.ResultCode, reply.Message));
    }

    [Fact]
    public async Task Every_cut_of_a_signed_create_makes_the_one_order_or_none()
    {
        var game = await service.NewGameAsync();
        var honest = game.NewOrder("p", "6.5", "u", "A-1");
        honest["roleName"] = "a=1&b=2&z=3";
        honest["zone"] = "7";
        var first = await game.CreateAsync(honest, Now);
        Assert.Equal(0, first.ResultCode);
        var text = string.Join('&', honest.Where(parameter => parameter.Key != "sign").Select(parameter => parameter.Key + "=" + parameter.Value));
        var tried = 0;
        foreach (var cut in Cuts.SomeOf(text, cut => cut.Any(parameter => parameter is { Name: "gameid" })))
        {
            var parameters = new SortedDictionary<string, string>(cut.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Equal(honest["sign"], OrderApiGame.Sign(parameters, Secret));
            parameters["sign"] = honest["sign"];
            var reply = await SendAsync("createorder", parameters, tried++ % 2 == 0 ? "form" : "json");
            if (reply.ResultCode == 0)
            {
                Assert.Equal(first.PlatOrderId, reply.PlatOrderId);
                Assert.All(honest, field => Assert.True(field.Key == "zone" || parameters[field.Key] == field.Value));
            }
        }
        Assert.InRange(tried, 100, 100_000);
        Assert.Equal(1, (await service.CallAsync(HttpMethod.Get, $"/api/v1/orders?gameId={game.GameId}")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task StrictValues_refuse_separators_in_every_value_but_the_receipt()
    {
        var game = await service.NewGameAsync(new { strictValues = true });
        Assert.True((await service.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId)).Json.GetProperty("strictValues").GetBoolean());
        var order = game.NewOrder("p", "6.5", "u");
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        foreach (var value in new[] { "a=1", "a&b" })
        {
            order["roleName"] = value;
            var reply = await game.CreateAsync(order, Now);
            Assert.Equal(3, reply.ResultCode);
            Assert.StartsWith("roleName must hold neither & nor =", reply.Message, StringComparison.Ordinal);
        }
        var receipt = await game.ValidateAsync(id, "{\"a\":\"&time=1&money=2\"}", Now);
        Assert.Equal(3, receipt.ResultCode);
        Assert.DoesNotContain("hold", receipt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_in_two_ways_is_taken_and_kept_as_it_came()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "6.5", "u");
        order["roleName"] = "a=1&b=2&&c&=d&Zone=5";
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        Assert.Equal(order["roleName"], (await service.OrderAsync(id)).GetProperty("attributes").GetProperty("roleName").GetString());
    }

    [Fact]
    public async Task Refusals_are_counted()
    {
        using var counted = new Counted(service.Services, "ordercenter.requests.ambiguous");
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "6.5", "u");
        order["roleName"] = "&time=1";
        await game.CreateAsync(order, Now);
        Assert.Equal(1, counted["OrderApi"]);
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("1")]
    [InlineData("of the game")]
    [InlineData("of a game that is not there")]
    [InlineData("an order")]
    public async Task An_unsigned_sendproduct_gets_one_answer_whatever_exists(string number)
    {
        var game = await service.NewGameAsync();
        var id = number switch
        {
            "of the game" => game.GameId + "1763690000123456",
            "of a game that is not there" => "98765" + "1763690000123456",
            "an order" => await PaidAsync(game),
            _ => number,
        };
        var stranger = new OrderApiGame(service.Http, game.GameId, "not the secret", service.Clock);
        var reply = await stranger.SendProductAsync(id, Now);
        Assert.Equal((200, 1, "the signature, the app or the caller's address is not accepted"), (reply.HttpStatus, reply.ResultCode, reply.Message));
        if (number != "an order")
        {
            Assert.Equal((3, "order not found"), await game.SendProductAsync(id, Now) is { } known ? (known.ResultCode, known.Message) : default);
        }
    }

    private SortedDictionary<string, string> Timed(string id, OrderApiGame game) => new(StringComparer.Ordinal)
    {
        ["platorderid"] = id, ["gameid"] = game.GameId, ["time"] = service.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(),
    };

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") });
        return id;
    }

    /// <summary>Every parameter but sign, payreturndata too.</summary>
    private static string SignAll(IEnumerable<KeyValuePair<string, string>> parameters) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(
        string.Concat(parameters.Where(parameter => parameter.Key != "sign").OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key}={parameter.Value}&")) + Secret)));

    private async Task<OrderApiGame.Reply> SendAsync(string endpoint, SortedDictionary<string, string> parameters, string form)
    {
        using HttpContent? content = form switch
        {
            "form" => new FormUrlEncodedContent(parameters),
            "json" => new StringContent(JsonSerializer.Serialize(parameters), Encoding.UTF8, "application/json"),
            "multipart" => Multipart(parameters),
            _ => null,
        };
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, $"/ordercenter/{endpoint}") { Content = content };
        if (content is null)
        {
            request.RequestUri = new Uri($"/ordercenter/{endpoint}?" + string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")), UriKind.Relative);
        }
        using var response = await service.Http.SendAsync(request, Now);
        return await OrderApiGame.ReadAsync(response, Now);
    }

    private static StringContent Multipart(SortedDictionary<string, string> parameters)
    {
        var body = string.Concat(parameters.Select(pair => $"--b\r\nContent-Disposition: form-data; name=\"{pair.Key}\"\r\n\r\n{pair.Value}\r\n")) + "--b--\r\n";
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return content;
    }
}
