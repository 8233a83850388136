using System.Net;
using System.Text;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>protocols.md §1, createorder: forms, signature, fields, idempotency.</summary>
public sealed class CreateOrderTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_order_is_recorded_and_its_number_has_the_sources_shape()
    {
        var game = await service.NewGameAsync();
        var reply = await game.CreateAsync(game.NewOrder("com.rxsg1.07", "100", "42"), Now);

        Assert.Equal((200, 0, "success"), (reply.HttpStatus, reply.ResultCode, reply.Message));
        Assert.Matches($"^{game.GameId}{service.Clock.GetUtcNow().ToUnixTimeSeconds():D10}[0-9]{{6}}$", reply.PlatOrderId);
        var order = await service.OrderAsync(reply.PlatOrderId);
        Assert.Equal(("unpaid", "created", "100", "RMB"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString(), order.GetProperty("money").GetString(), order.GetProperty("currency").GetString()));
    }

    [Fact]
    public async Task Every_field_of_the_source_is_stored_and_given_back()
    {
        var game = await service.NewGameAsync();
        var sent = game.NewOrder("com.rxsg1.07", "6.50", "42", "A20261121-1");
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["gamename"] = "热血三国", ["roleID"] = "7", ["roleName"] = "赵云😀", ["serverID"] = "50936", ["serverName"] = "一区", ["username"] = "u42", ["roleLevel"] = "99",
            ["pay_channel"] = "1", ["packagename"] = "com.rxsg1", ["unknown"] = "signed too",
        })
        {
            sent[name] = value;
        }
        var created = await game.CreateAsync(sent, Now);
        var shown = (await game.QueryAsync(created.PlatOrderId, Now)).Data;

        Assert.Equal(
            """{"platorderid":"ID","productid":"com.rxsg1.07","money":6.5,"currency":"RMB","productname":"60 元宝","gameid":GAME,"gamename":"热血三国","packagename":"com.rxsg1","orderID":"A20261121-1","roleID":"7","serverID":"50936","userID":"42","pay_state":0,"pay_channel":1,"state":0}"""
                .Replace("ID", created.PlatOrderId, StringComparison.Ordinal).Replace("order" + created.PlatOrderId, "orderID", StringComparison.Ordinal)
                .Replace("role" + created.PlatOrderId, "roleID", StringComparison.Ordinal).Replace("server" + created.PlatOrderId, "serverID", StringComparison.Ordinal)
                .Replace("user" + created.PlatOrderId, "userID", StringComparison.Ordinal).Replace("GAME", game.GameId, StringComparison.Ordinal),
            shown.GetRawText());
        var native = (await service.OrderAsync(created.PlatOrderId)).GetProperty("attributes");
        Assert.Equal(("赵云😀", "一区", "u42", "99"), (native.GetProperty("roleName").GetString(), native.GetProperty("serverName").GetString(), native.GetProperty("username").GetString(), native.GetProperty("roleLevel").GetString()));
    }

    [Fact]
    public async Task Query_form_multipart_and_json_are_one_order()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p 1+&=%", "6.50", "用户", "same");
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2");
        var numbers = new HashSet<string> { (await game.CreateAsync(order, Now)).PlatOrderId };

        var query = string.Join('&', order.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        using var byQuery = await service.Http.GetAsync(new Uri("/ordercenter/createorder?" + query, UriKind.Relative), Now);
        numbers.Add((await OrderApiGame.ReadAsync(byQuery, Now)).PlatOrderId);

        using var multipart = new MultipartFormDataContent();
        foreach (var (name, value) in order)
        {
            multipart.Add(new StringContent(value), name);
        }
        numbers.Add((await PostAsync(multipart)).PlatOrderId);

        var json = "{" + string.Join(',', order.Select(pair => pair.Key is "money" or "gameid" ? $"\"{pair.Key}\": {pair.Value}" : $"\"{pair.Key}\":{System.Text.Json.JsonSerializer.Serialize(pair.Value)}")) + "}";
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        numbers.Add((await PostAsync(body)).PlatOrderId);

        Assert.Single(numbers);
    }

    [Fact]
    public async Task An_upper_case_sign_is_the_same_sign()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "1", "u");
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2").ToUpperInvariant();
        using var form = new FormUrlEncodedContent(order);
        Assert.Equal(0, (await PostAsync(form)).ResultCode);
    }

    [Theory]
    [InlineData("sign missing")]
    [InlineData("sign wrong")]
    [InlineData("sign short")]
    [InlineData("sign empty")]
    [InlineData("gameid missing")]
    [InlineData("gameid unknown")]
    [InlineData("gameid not a number")]
    [InlineData("value changed")]
    [InlineData("parameter added")]
    public async Task Whatever_is_not_accepted_gets_one_answer_that_never_says_which(string what)
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "1", "u");
        if (what.StartsWith("gameid", StringComparison.Ordinal))
        {
            order["gameid"] = what switch { "gameid missing" => "", "gameid unknown" => "999999", _ => "1e3" };
        }
        order["sign"] = OrderApiGame.Sign(order, "B8899E2039DF87E2");
        switch (what)
        {
            case "sign missing": order.Remove("sign"); break;
            case "sign wrong": order["sign"] = new string('0', 32); break;
            case "sign short": order["sign"] = order["sign"][..31]; break;
            case "sign empty": order["sign"] = ""; break;
            case "gameid missing": order.Remove("gameid"); break;
            case "value changed": order["money"] = "2"; break;
            case "parameter added": order["more"] = ""; break;
        }
        using var form = new FormUrlEncodedContent(order);
        var reply = await PostAsync(form);
        Assert.Equal((200, 1, "the signature, the app or the caller's address is not accepted", "{}"), (reply.HttpStatus, reply.ResultCode, reply.Message, reply.Data.GetRawText()));
    }

    [Fact]
    public async Task An_app_without_a_secret_is_closed_and_so_are_disabled_and_foreign_ones()
    {
        var game = await service.NewGameAsync(new { disabled = true });
        Assert.Equal(1, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);

        var id = Service.NewGameId().ToString();
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{id}", new { name = "no secret", protocol = "OrderApi" });
        var closed = new OrderApiGame(service.Http, id, "", service.Clock);
        Assert.Equal(1, (await closed.CreateAsync(closed.NewOrder("p", "1", "u"), Now)).ResultCode);
    }

    [Theory]
    [InlineData("productid", "", "productid is missing")]
    [InlineData("productid", null, "productid is missing")]
    [InlineData("money", "0", "money must be greater than 0")]
    [InlineData("money", "-1", "money must be greater than 0")]
    [InlineData("money", "1e3", "money must be greater than 0")]
    [InlineData("money", "1e999", "money must be greater than 0")]
    [InlineData("money", "NaN", "money must be greater than 0")]
    [InlineData("money", "1.00001", "money must be greater than 0")]
    [InlineData("money", "100000000000000", "money must be greater than 0")]
    [InlineData("money", "123456789012345678901234567890", "money must be greater than 0")]
    [InlineData("money", " 1", "money must be greater than 0")]
    [InlineData("currency", "R1", "currency must be 3 to 8 letters")]
    [InlineData("currency", "人民币", "currency must be 3 to 8 letters")]
    [InlineData("userID", "", "userID is missing")]
    [InlineData("pay_channel", "9", "pay_channel must be")]
    [InlineData("userID", "a\0b", "userID must be UTF-8 text without NUL")]
    public async Task A_bad_field_is_named(string field, string? value, string message)
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "1", "u");
        if (value is null)
        {
            order.Remove(field);
        }
        else
        {
            order[field] = value;
        }
        var reply = await game.CreateAsync(order, Now);
        Assert.Equal((200, 3), (reply.HttpStatus, reply.ResultCode));
        Assert.StartsWith(message, reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("productid", 128)]
    [InlineData("userID", 128)]
    [InlineData("orderID", 256)]
    [InlineData("roleName", 256)]
    public async Task Lengths_are_counted_in_characters(string field, int longest)
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "1", "u");
        order[field] = string.Concat(Enumerable.Repeat("元", longest));
        Assert.Equal(0, (await game.CreateAsync(order, Now)).ResultCode);
        order[field] += "x";
        var reply = await game.CreateAsync(order, Now);
        Assert.Equal((3, $"{field} must be at most {longest} characters"), (reply.ResultCode, reply.Message));
    }

    [Fact]
    public async Task The_largest_amount_and_the_smallest_stay_exact()
    {
        var game = await service.NewGameAsync();
        foreach (var money in new[] { "99999999999999.9999", "0.0001", "9007199254740993", "6.99" })
        {
            var shortened = money.Length > 14 && !money.Contains('.', StringComparison.Ordinal) ? money[..14] : money;
            var id = (await game.CreateAsync(game.NewOrder("p", shortened, "u"), Now)).PlatOrderId;
            Assert.Equal(shortened, (await game.QueryAsync(id, Now)).Data.GetProperty("money").GetRawText());
        }
    }

    [Fact]
    public async Task The_same_orderID_with_the_same_content_is_the_first_order()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "6.5", "u", "A-1");
        var first = await game.CreateAsync(order, Now);
        order["money"] = "6.50";
        order["currency"] = "CNY";
        order["productname"] = "another name decides nothing";
        var again = await game.CreateAsync(order, Now);
        Assert.Equal((0, first.PlatOrderId), (again.ResultCode, again.PlatOrderId));
        foreach (var (field, value) in new[] { ("productid", "p2"), ("money", "6.51"), ("currency", "USD"), ("userID", "v"), ("pay_channel", "1") })
        {
            var other = game.NewOrder("p", "6.5", "u", "A-1");
            other[field] = value;
            Assert.Equal(3, (await game.CreateAsync(other, Now)).ResultCode);
        }
    }

    [Fact]
    public async Task Two_games_may_use_the_same_orderID()
    {
        var one = await service.NewGameAsync();
        var two = await service.NewGameAsync();
        var first = await one.CreateAsync(one.NewOrder("p", "1", "u", "same"), Now);
        var second = await two.CreateAsync(two.NewOrder("p", "2", "u", "same"), Now);
        Assert.NotEqual(first.PlatOrderId, second.PlatOrderId);
    }

    [Fact]
    public async Task Fifty_of_the_same_at_once_make_one_order()
    {
        var game = await service.NewGameAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => game.CreateAsync(game.NewOrder("p", "6.5", "u", "race"), Now))));
        Assert.All(replies, reply => Assert.Equal(0, reply.ResultCode));
        Assert.Single(replies.Select(reply => reply.PlatOrderId).Distinct());
        var (_, list) = await service.CallAsync(HttpMethod.Get, $"/api/v1/orders?gameId={game.GameId}");
        Assert.Equal(1, list.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Numbers_never_collide_however_many_are_drawn_in_one_second()
    {
        // The clock stands still, so thousands of orders share the ten digits of time; collisions are drawn again.
        var game = await service.NewGameAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 3000).Select(_ => game.CreateAsync(game.NewOrder("p", "1", "u"), Now)));
        Assert.All(replies, reply => Assert.Equal(0, reply.ResultCode));
        Assert.Equal(3000, replies.Select(reply => reply.PlatOrderId).Distinct().Count());
    }

    [Fact]
    public async Task An_app_may_ask_for_sixteen_random_digits()
    {
        var game = await service.NewGameAsync(new { orderIdRandomDigits = 16 });
        var reply = await game.CreateAsync(game.NewOrder("p", "1", "u"), Now);
        Assert.Equal(game.GameId.Length + 26, reply.PlatOrderId.Length);
    }

    [Fact]
    public async Task A_time_that_was_sent_is_signed_but_not_judged()
    {
        var game = await service.NewGameAsync();
        var order = game.NewOrder("p", "1", "u");
        order["time"] = "1";
        Assert.Equal(0, (await game.CreateAsync(order, Now)).ResultCode);
    }

    [Fact]
    public async Task The_app_may_be_named_by_its_alias()
    {
        var game = await service.NewGameAsync(new { alias = "rxsg" });
        var order = game.NewOrder("p", "1", "u");
        order["gameid"] = "rxsg";
        Assert.StartsWith(game.GameId, (await game.CreateAsync(order, Now)).PlatOrderId, StringComparison.Ordinal);
    }

    private async Task<OrderApiGame.Reply> PostAsync(HttpContent content)
    {
        using var response = await service.Http.PostAsync(new Uri("/ordercenter/createorder", UriKind.Relative), content, Now);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await OrderApiGame.ReadAsync(response, Now);
    }
}
