using System.Net;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": <c>POST /orders</c> and <c>GET /orders/{orderId}</c>.</summary>
public sealed class OrdersTests(Service service) : IClassFixture<Service>
{
    private static readonly HttpMethod Post = HttpMethod.Post;

    [Fact]
    public async Task An_order_shows_what_it_was_made_of()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId, "M-1");
        order["quantity"] = 3;
        order["channel"] = "google";
        order["notifyUrl"] = "https://game.example/notify?x=1";
        order["money"] = "100.50";
        var id = await service.CreateAsync(order);
        var shown = await service.OrderAsync(id);

        Assert.StartsWith(game.GameId, id, StringComparison.Ordinal);
        Assert.Equal(game.GameId, shown.GetProperty("gameId").GetRawText());
        foreach (var (name, value) in new Dictionary<string, string?>
        {
            ["orderId"] = id, ["protocol"] = "OrderApi", ["merchantOrderId"] = "M-1", ["productId"] = "gems.60", ["productName"] = "60 元宝", ["money"] = "100.5", ["currency"] = "CNY",
            ["userId"] = "u42", ["channel"] = "google", ["notifyUrl"] = "https://game.example/notify?x=1", ["payState"] = "unpaid", ["state"] = "created", ["paidAt"] = null, ["deliveredAt"] = null,
        })
        {
            Assert.Equal((name, value), (name, shown.GetProperty(name).GetString()));
        }
        Assert.Equal(3, shown.GetProperty("quantity").GetInt32());
        Assert.Equal(service.Clock.GetUtcNow(), shown.GetProperty("createdAt").GetDateTimeOffset());
        Assert.EndsWith("Z", shown.GetProperty("createdAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("payment").ValueKind);
        Assert.Equal((0, 0, 0), (shown.GetProperty("callbacks").GetArrayLength(), shown.GetProperty("acts").GetArrayLength(), shown.GetProperty("unappliedPayments").GetArrayLength()));
    }

    [Fact]
    public async Task A_repeated_merchantOrderId_is_the_first_order_and_other_content_a_conflict()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId, "M-1");
        var id = await service.CreateAsync(order);
        order["money"] = "6.50";
        order["currency"] = "RMB";
        order["productName"] = "another name";
        var (status, json) = await service.CallAsync(Post, "/api/v1/orders", order);
        Assert.Equal((HttpStatusCode.OK, id), (status, json.GetProperty("orderId").GetString()));

        foreach (var (field, value) in new[] { ("money", "6.51"), ("currency", "USD"), ("productId", "gems.61"), ("userId", "u43"), ("channel", "apple") })
        {
            var other = Native.NewOrder(game.GameId, "M-1");
            other[field] = value;
            using var response = await service.SendAsync(Post, "/api/v1/orders", other);
            await Native.AssertProblemAsync(response, HttpStatusCode.Conflict);
        }
        var second = await service.NewGameAsync();
        Assert.NotEqual(id, await service.CreateAsync(Native.NewOrder(second.GameId, "M-1")));
        Assert.NotEqual(await service.CreateAsync(Native.NewOrder(game.GameId)), await service.CreateAsync(Native.NewOrder(game.GameId)));
    }

    [Fact]
    public async Task Another_quantity_is_other_content()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId, "M-1");
        await service.CreateAsync(order);
        order["quantity"] = 2;
        Assert.Equal(HttpStatusCode.Conflict, (await service.CallAsync(Post, "/api/v1/orders", order)).Status);
    }

    [Fact]
    public async Task Fifty_of_the_same_at_once_make_one_order()
    {
        var game = await service.NewGameAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => service.CallAsync(Post, "/api/v1/orders", Native.NewOrder(game.GameId, "M-1"))));
        Assert.Single(answers.Select(answer => answer.Json.GetProperty("orderId").GetString()).Distinct());
        Assert.Equal((1, 49), (answers.Count(answer => answer.Status == HttpStatusCode.Created), answers.Count(answer => answer.Status == HttpStatusCode.OK)));
        Assert.Equal(1, (await service.GetAsync("/orders?gameId=" + game.GameId)).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_disabled_app_takes_no_orders_and_an_unknown_one_is_named()
    {
        var game = await service.NewGameAsync(new { disabled = true });
        using var disabled = await service.SendAsync(Post, "/api/v1/orders", Native.NewOrder(game.GameId));
        await Native.AssertProblemAsync(disabled, HttpStatusCode.Conflict);
        using var unknown = await service.SendAsync(Post, "/api/v1/orders", Native.NewOrder("9999999996"));
        Assert.Equal("gameId", (await Native.AssertProblemAsync(unknown, HttpStatusCode.BadRequest)).GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("\"100\"", "100")]
    [InlineData("100", "100")]
    [InlineData("6.50", "6.5")]
    [InlineData("\"0.0001\"", "0.0001")]
    [InlineData("99999999999999.9999", "99999999999999.9999")]
    [InlineData("\"99999999999999.9999\"", "99999999999999.9999")]
    public async Task Money_is_text_or_a_number_taken_by_its_text(string sent, string shown)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.JsonAsync(Post, "/api/v1/orders", Body(game.GameId, "money", sent));
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        Assert.Equal(shown, (await service.OrderAsync(json.GetProperty("orderId").GetString()!)).GetProperty("money").GetString());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1000000")]
    [InlineData("null")]
    public async Task A_quantity_takes_its_bounds(string quantity)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.JsonAsync(Post, "/api/v1/orders", Body(game.GameId, "quantity", quantity));
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        Assert.Equal(quantity == "null" ? 1 : int.Parse(quantity), (await service.OrderAsync(json.GetProperty("orderId").GetString()!)).GetProperty("quantity").GetInt32());
    }

    public static TheoryData<string, string> Bad()
    {
        var data = new TheoryData<string, string>();
        void Add(string field, params string[] values)
        {
            foreach (var value in values)
            {
                data.Add(field, value);
            }
        }

        const string Half = "\"\\ud800\"";
        Add("gameId", "null", "\"\"", "0", "1e3", "1.0", "true", "{}", "[1]", Half);
        Add("productId", "null", "\"\"", "5", Text(129), "\"a\\u0000b\"", Half);
        Add("productName", Text(257), "5", "\"\\u0000\"", Half);
        Add(
            "money", "null", "\"\"", "0", "\"0.0000\"", "-1", "\"-1\"", "\"+1\"", "1e2", "\"1e2\"", "1.00001", "\"01\"", "\"1.\"", "\".5\"", "\"1,5\"", "\" 1\"", "\"1 \"", "100000000000000", "true", "[1]", "{}", "\"NaN\"", "\"１\"", "1e400", Half);
        Add("currency", "null", "\"\"", "\"CN\"", "\"ABCDEFGHI\"", "\"CN1\"", "\"ЦЦЦ\"", "5", Half);
        Add("userId", "null", "\"\"", "42", Text(129), "\"\\u0000\"", Half);
        Add("merchantOrderId", "\"\"", "7", Text(257), "\"\\u0000\"", Half);
        Add("quantity", "0", "-1", "1000001", "1.5", "\"1\"", "2147483648", "1e1");
        Add("channel", "6", "-1", "\"6\"", "\"Google\"", "\"nope\"", "true", "{}", "1.0", Half);
        Add("notifyUrl", "\"\"", "\"ftp://h/\"", "\"/relative\"", "\"http://user@h/\"", "\"http://\"", "\"javascript:alert(1)\"", "\"file:///etc/passwd\"", "5", Text(2049), "\"http://h/\\u0000\"", "\" http://h/\"", "\"http://h/\\n\"", "\"http://h/a b\"", Half);
        Add("extra", Text(4097), "{\"a\":1,\"a\":2}", "\"\\u0000\"", Half, "{\"\\ud800\":1}");
        Add("nonsense", "1", "null");
        Add("GameId", "1");
        return data;
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_field_out_of_its_bounds_is_named_and_no_order_is_made(string field, string value)
    {
        var game = await service.NewGameAsync();
        using var response = await service.RawAsync(Post, "/api/v1/orders", Body(game.GameId, field, value));
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Empty((await service.GetAsync("/orders?gameId=" + game.GameId)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Texts_are_bounded_in_characters_and_not_in_bytes()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId, string.Concat(Enumerable.Repeat("单", 256)));
        order["userId"] = string.Concat(Enumerable.Repeat("😀", 128));
        order["productId"] = string.Concat(Enumerable.Repeat("商", 128));
        var shown = await service.OrderAsync(await service.CreateAsync(order));
        Assert.Equal(order["userId"], shown.GetProperty("userId").GetString());
        order["userId"] += "x";
        order["merchantOrderId"] = null;
        Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(Post, "/api/v1/orders", order)).Status);
    }

    [Theory]
    [InlineData("""{"a":[1,1.0,1e2,"中\u4e2d\n\"",null,true,{"b":{}}],"big":12345678901234567890.123456789,"empty":"","🙂":"😀"}""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("""{"html":"<a href='x'>&amp;</a>","path":"C:\\u0041"}""")]
    public async Task Extra_comes_back_as_it_was_sent(string extra)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.JsonAsync(Post, "/api/v1/orders", Body(game.GameId, "extra", extra));
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        var shown = (await service.OrderAsync(json.GetProperty("orderId").GetString()!)).GetProperty("attributes").GetProperty("extra");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(extra).RootElement, shown), shown.GetRawText());
    }

    [Fact]
    public async Task An_extra_as_deep_as_a_body_may_be_does_not_spoil_the_order_or_the_list()
    {
        var game = await service.NewGameAsync();
        var accepted = 0;
        for (var depth = 26; depth <= 34; depth++)
        {
            using var response = await service.RawAsync(Post, "/api/v1/orders", Body(game.GameId, "extra", new string('[', depth) + new string(']', depth)));
            Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.BadRequest });
            if (response.StatusCode == HttpStatusCode.Created)
            {
                accepted++;
                var id = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("orderId").GetString()!;
                using var read = await service.SendAsync(HttpMethod.Get, "/api/v1/orders/" + id);
                Assert.Equal((depth, HttpStatusCode.OK), (depth, read.StatusCode));
            }
        }
        using var list = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?gameId=" + game.GameId);
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        Assert.True(accepted > 0);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("1", "google")]
    [InlineData("\"2\"", "apple")]
    [InlineData("\"alipay\"", "alipay")]
    [InlineData("5", "points")]
    public async Task A_channel_is_a_number_or_a_name(string sent, string? shown)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.JsonAsync(Post, "/api/v1/orders", Body(game.GameId, "channel", sent));
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        Assert.Equal(shown, (await service.OrderAsync(json.GetProperty("orderId").GetString()!)).GetProperty("channel").GetString());
    }

    [Fact]
    public async Task A_game_is_named_by_number_text_or_alias()
    {
        var game = await service.NewGameAsync();
        foreach (var gameId in new[] { game.GameId, $"\"{game.GameId}\"" })
        {
            var (status, json) = await service.JsonAsync(Post, "/api/v1/orders", Body(gameId, "quantity", "1", isRawGame: true));
            Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        }
    }

    /// <summary>A create with one field set to JSON as it stands.</summary>
    private static string Body(string gameId, string field, string json, bool isRawGame = false)
    {
        var fields = Native.NewOrder(gameId).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => JsonSerializer.Serialize(pair.Value), StringComparer.Ordinal);
        if (isRawGame)
        {
            fields["gameId"] = gameId;
        }
        fields[field] = json;
        return "{" + string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";
}
