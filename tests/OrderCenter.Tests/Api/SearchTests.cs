using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": <c>GET /orders</c>, its filters and its pages.</summary>
public sealed class SearchTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Every_filter_finds_its_orders_and_only_them()
    {
        var (game, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var alias = "search_" + game.GameId;
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { alias });
        var from = service.Clock.GetUtcNow();
        var created = await service.CreateAsync(Native.NewOrder(game.GameId, "find me"));
        service.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var paid = await service.CreateAsync(With(Native.NewOrder(game.GameId), "userId", "查找 & me"));
        await service.ActAsync(paid, "paid", new { channel = "bank", transactionId = "T-" + game.GameId });
        service.Clock.Advance(TimeSpan.FromMilliseconds(10));
        var closed = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(closed, "close", new { reason = "x" });
        var refunded = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(refunded, "paid", new { channel = "bank", transactionId = "R-" + game.GameId });
        await service.ActAsync(refunded, "refund", new { reason = "x" });
        var held = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(held, "paid", new { channel = "bank", transactionId = "H-" + game.GameId, money = "1" });
        await service.CreateAsync(Native.NewOrder(other.GameId, "find me"));

        async Task FindsAsync(string query, params string[] expected) =>
            Assert.Equal((query, string.Join(',', expected.Order(StringComparer.Ordinal))), (query, string.Join(',', (await IdsAsync(query)).Order(StringComparer.Ordinal))));

        var mine = $"gameId={game.GameId}";
        await FindsAsync(mine, created, paid, closed, refunded, held);
        await FindsAsync("gameId=" + alias, created, paid, closed, refunded, held);
        await FindsAsync(mine + "&state=created", created, paid);
        await FindsAsync(mine + "&state=CLOSED", closed, refunded);
        await FindsAsync(mine + "&state=review", held);
        await FindsAsync(mine + "&state=delivered");
        await FindsAsync(mine + "&payState=unpaid", created, closed, held);
        await FindsAsync(mine + "&payState=paid", paid);
        await FindsAsync(mine + "&payState=refunded", refunded);
        await FindsAsync(mine + "&payState=refunded&state=closed", refunded);
        await FindsAsync("userId=" + Uri.EscapeDataString("查找 & me"), paid);
        await FindsAsync(mine + "&merchantOrderId=find%20me", created);
        await FindsAsync("transactionId=T-" + game.GameId, paid);
        await FindsAsync("transactionId=t-" + game.GameId);
        await FindsAsync(mine + "&from=" + Time(from.AddMilliseconds(10)), paid, closed, refunded, held);
        await FindsAsync(mine + "&to=" + Time(from.AddMilliseconds(10)), created);
        await FindsAsync(mine + "&from=" + Time(from.AddMilliseconds(1)) + "&to=" + Time(from.AddMilliseconds(20)), paid);
        await FindsAsync(mine + "&from=" + Uri.EscapeDataString(from.AddMilliseconds(10).ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz")), paid, closed, refunded, held);
        await FindsAsync(mine + "&userId=%00");
        await FindsAsync(mine + "&merchantOrderId=%27%20OR%201%3D1%20--");
    }

    [Fact]
    public async Task Role_server_channel_product_test_and_price_find_their_orders()
    {
        var game = await service.NewGameAsync(new { testers = new[] { "tester" } });
        async Task<string> PlaceAsync(string product, string money, string role, string server, string user = "u")
        {
            var order = game.NewOrder(product, money, user);
            (order["roleID"], order["serverID"]) = (role, server);
            return (await game.CreateAsync(order, TestContext.Current.CancellationToken)).PlatOrderId;
        }
        var cheap = await PlaceAsync("gems.60", "0.99", "r\"1", "s1");
        var middle = await PlaceAsync("gems.60", "6.5", "角色😀", "s1", "tester");
        var dear = await PlaceAsync("gems.300", "648", "r2", "s2\"roleID\":\"r3\"");
        await service.ActAsync(dear, "paid", new { channel = "bank", transactionId = "W-" + game.GameId });

        async Task FindsAsync(string query, params string[] expected) =>
            Assert.Equal((query, string.Join(',', expected.Order(StringComparer.Ordinal))), (query, string.Join(',', (await IdsAsync($"gameId={game.GameId}&{query}")).Order(StringComparer.Ordinal))));

        await FindsAsync("roleId=" + Uri.EscapeDataString("r\"1"), cheap);
        await FindsAsync("roleId=" + Uri.EscapeDataString("角色😀"), middle);
        await FindsAsync("roleId=R2");
        await FindsAsync("roleId=r");
        await FindsAsync("roleId=r3");
        await FindsAsync("serverId=s1", cheap, middle);
        await FindsAsync("serverId=s1&roleId=" + Uri.EscapeDataString("角色😀"), middle);
        await FindsAsync("serverId=" + Uri.EscapeDataString("s2\"roleID\":\"r3\""), dear);
        await FindsAsync("roleId=%25", []);
        await FindsAsync("channel=bank", dear);
        await FindsAsync("channel=google");
        await FindsAsync("productId=gems.60", cheap, middle);
        await FindsAsync("productId=gems.60&transactionId=W-" + game.GameId);
        await FindsAsync("productId=gems.300&roleId=r2&transactionId=W-" + game.GameId, dear);
        await FindsAsync("test=false", cheap, middle, dear);
        await FindsAsync("test=true");
        await FindsAsync("moneyFrom=0.99", cheap, middle, dear);
        await FindsAsync("moneyFrom=0.9901", middle, dear);
        await FindsAsync("moneyTo=6.5", cheap, middle);
        await FindsAsync("moneyTo=6.4999", cheap);
        await FindsAsync("moneyFrom=6.50&moneyTo=6.5000", middle);
        await FindsAsync("moneyFrom=7&moneyTo=6");
    }

    [Theory]
    [InlineData("test=1")]
    [InlineData("test=TRUE")]
    [InlineData("moneyFrom=-1")]
    [InlineData("moneyFrom=1e3")]
    [InlineData("moneyFrom=1.00001")]
    [InlineData("moneyTo=999999999999999")]
    [InlineData("moneyTo=x")]
    [InlineData("roleId=%00")]
    [InlineData("serverId=%00")]
    [InlineData("channel=%00")]
    [InlineData("productId=%00")]
    public async Task A_wrong_filter_is_a_400_that_names_it(string query) => await A_wrong_parameter_is_a_400_that_names_it(query);

    [Theory]
    [InlineData("roleId", 257)]
    [InlineData("serverId", 257)]
    [InlineData("productId", 129)]
    [InlineData("channel", 65)]
    public async Task A_filter_that_is_too_long_is_a_400_that_names_it(string name, int length) =>
        await A_wrong_parameter_is_a_400_that_names_it($"{name}={new string('x', length)}");

    [Theory]
    [InlineData("gameId=9999999995")]
    [InlineData("gameId=no-such")]
    [InlineData("state=nope")]
    [InlineData("state=5")]
    [InlineData("state=created,closed")]
    [InlineData("payState=1")]
    [InlineData("payState=nope")]
    [InlineData("from=nope")]
    [InlineData("from=12")]
    [InlineData("from=12:00")]
    [InlineData("from=2026-11-21")]
    [InlineData("from=11/21/2026")]
    [InlineData("to=2026-11-21T00:00:00%2B99:00")]
    [InlineData("to=1795248000")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=1e1")]
    [InlineData("limit=x")]
    [InlineData("limit=5&limit=6")]
    [InlineData("limit=99999999999")]
    [InlineData("cursor=x")]
    [InlineData("cursor=!!!!")]
    [InlineData("cursor=%00")]
    [InlineData("cursor=MQ")]
    public async Task A_wrong_parameter_is_a_400_that_names_it(string query)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?" + query);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(query.Split('=')[0], problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2:3")]
    [InlineData("-1:2")]
    [InlineData("1: 2")]
    [InlineData("x:2")]
    [InlineData("1:x")]
    [InlineData("99999999999999999999:2")]
    [InlineData("1:1234567890123456789012345678901234567")]
    public async Task A_cursor_that_no_list_gave_is_refused(string text)
    {
        var cursor = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        foreach (var list in new[] { "orders", "apps" })
        {
            using var response = await service.SendAsync(HttpMethod.Get, $"/api/v1/{list}?cursor={cursor}");
            await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_cursor_from_the_end_of_time_is_a_page_like_any_other()
    {
        var cursor = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{long.MaxValue}:1")).TrimEnd('=');
        Assert.NotEmpty((await service.GetAsync("/orders?cursor=" + Convert.ToBase64String("0:1"u8).TrimEnd('='))).GetProperty("items").ToString());
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?limit=1&cursor=" + cursor);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Pages_over_equal_times_lose_nothing_and_repeat_nothing()
    {
        // Two games' numbers of different length, random digits of different length, all at one millisecond.
        var (game, user) = (await service.NewGameAsync(), "pager-" + Service.NewGameId());
        await service.JsonAsync(HttpMethod.Put, "/api/v1/apps/7", """{"name":"short","protocol":"OrderApi","orderIdRandomDigits":16}""");
        var made = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            made.Add(await service.CreateAsync(With(Native.NewOrder(i % 2 == 0 ? game.GameId : "7"), "userId", user)));
            if (i == 16)
            {
                service.Clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        }
        foreach (var limit in new[] { 1, 3, 10, 20, 200 })
        {
            var seen = new List<string>();
            string? cursor = null;
            var pages = 0;
            do
            {
                var page = await service.GetAsync($"/orders?userId={user}&limit={limit}" + (cursor is null ? "" : "&cursor=" + cursor));
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(order => order.GetProperty("orderId").GetString()!));
                cursor = page.GetProperty("nextCursor").GetString();
                pages++;
            }
            while (cursor is not null);
            Assert.Equal((limit, (20 + limit - 1) / limit), (limit, pages));
            Assert.Equal(made.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
            Assert.Equal(made.TakeLast(3).Order(StringComparer.Ordinal), seen.Take(3).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task An_order_that_comes_while_a_list_is_read_shifts_no_page()
    {
        var (game, user) = (await service.NewGameAsync(), "shift-" + Service.NewGameId());
        var made = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            made.Add(await service.CreateAsync(With(Native.NewOrder(game.GameId), "userId", user)));
            service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        var first = await service.GetAsync($"/orders?userId={user}&limit=2");
        await service.CreateAsync(With(Native.NewOrder(game.GameId), "userId", user));
        var second = await service.GetAsync($"/orders?userId={user}&limit=2&cursor={first.GetProperty("nextCursor").GetString()}");
        Assert.Equal(made.AsEnumerable().Reverse(), first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(order => order.GetProperty("orderId").GetString()!));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
    }

    private static Dictionary<string, object?> With(Dictionary<string, object?> order, string field, object value)
    {
        order[field] = value;
        return order;
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ");

    private async Task<IEnumerable<string>> IdsAsync(string query) =>
        (await service.GetAsync("/orders?limit=200&" + query)).GetProperty("items").EnumerateArray().Select(order => order.GetProperty("orderId").GetString()!);
}
