using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Channels.Alipay;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.WeChat;
using OrderCenter.Payments;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderCheck;

/// <summary>protocols.md §3, steps 1 to 3: the endpoint is unsigned. It does not help to find orders, to harm those of others, or to use up a store's quota.</summary>
public sealed class StrangersTests(StrangersTests.Checking service) : IClassFixture<StrangersTests.Checking>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Checking : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_said_wrongly_get_one_answer()
    {
        var game = await NewGameAsync();
        var other = await NewGameAsync();
        var closed = await NewGameAsync(more: new { disabled = true });
        var (order, foreign) = (await CreateAsync(game, "u"), await CreateAsync(other, "u"));
        var good = Check(game, order, "u", Token());
        OrderCheckClient.Check[] wrong =
        [
            good with { OrderId = order[..^1] + (char)('0' + ((order[^1] - '0' + 1) % 10)) }, good with { OrderId = "1" }, good with { OrderId = foreign }, good with { SdkId = "v" }, good with { ProductId = "q" },
            good with { Amount = "6.51" }, good with { Amount = "NaN" }, good with { Currency = "USD" }, good with { GameId = "999999999" }, good with { GameId = "nobody" },
            good with { GameId = closed.GameId }, good with { GameId = other.GameId },
        ];
        var answers = new List<(int, int, string, string)>();
        foreach (var check in wrong)
        {
            var reply = await Client.CheckAsync(check, Now);
            answers.Add((reply.HttpStatus, reply.Code, reply.Message, reply.Data));
        }
        var (status, code, message, data) = Assert.Single(answers.Distinct());
        Assert.Equal((200, 1, "failed"), (status, code, message));
        Assert.NotEqual(data, (await Client.CheckAsync(good, Now)).Data);
    }

    [Fact]
    public async Task A_purchase_that_is_another_players_moves_neither_the_orders_it_is_claimed_for_nor_itself()
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        var game = await NewGameAsync(google);
        var bought = google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p", ObfuscatedAccountId = Account("attacker") });
        for (var i = 0; i < 5; i++)
        {
            var victim = await CreateAsync(game, "victim" + i);
            var reply = await Client.CheckAsync(Check(game, victim, "victim" + i, bought.PurchaseToken), Now);
            Assert.Equal((1, "not paid"), (reply.Code, reply.Data));
            var order = await service.OrderAsync(victim);
            Assert.Equal(("unpaid", "created"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
            Assert.Equal(0, order.GetProperty("unappliedPayments").GetArrayLength());
        }
        Assert.Equal(5, google.Count("get"));

        // It still pays the order that it belongs to.
        var own = await CreateAsync(game, "attacker");
        await Client.CheckAsync(Check(game, own, "attacker", bought.PurchaseToken), Now);
        Assert.Equal("paid", (await service.OrderAsync(own)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task The_platform_is_asked_once_in_3_s_for_an_order_whatever_is_claimed()
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        var game = await NewGameAsync(google);
        var order = await CreateAsync(game, "u");
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Client.CheckAsync(Check(game, order, "u", Token()), Now)));
        Assert.All(replies, reply => Assert.Equal((1, "not paid"), (reply.Code, reply.Data[..8])));
        Assert.Equal(1, google.Count("get"));

        var bought = google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p", ObfuscatedAccountId = Account("u") });
        service.Clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.StartsWith("not paid", (await Client.CheckAsync(Check(game, order, "u", bought.PurchaseToken), Now)).Data, StringComparison.Ordinal);
        Assert.Equal(1, google.Count("get"));
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Client.CheckAsync(Check(game, order, "u", bought.PurchaseToken), Now);
        Assert.Equal((2, "paid"), (google.Count("get"), (await service.OrderAsync(order)).GetProperty("payState").GetString()));
    }

    [Fact]
    public async Task An_app_asks_within_its_budget_and_another_has_its_own()
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        var (game, other) = (await NewGameAsync(google), await NewGameAsync(google));
        var orders = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => CreateAsync(game, "u")));
        await Task.WhenAll(orders.Select(order => Client.CheckAsync(Check(game, order, "u", Token()), Now)));
        Assert.Equal(60, google.Count("get"));
        await Client.CheckAsync(Check(other, await CreateAsync(other, "u"), "u", Token()), Now);
        Assert.Equal(61, google.Count("get"));

        service.Clock.Advance(TimeSpan.FromSeconds(3));
        await Task.WhenAll(orders.Select(order => Client.CheckAsync(Check(game, order, "u", Token()), Now)));
        Assert.Equal(61 + 60, google.Count("get"));
        var metrics = await service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Now);
        Assert.Matches("ordercenter_payment_checks_skipped_total\\{[^}]*cause=\"budget of the app\"[^}]*\\} [1-9]", metrics);
    }

    [Theory]
    [InlineData("GPA.3345-1234-5678-90123")]
    [InlineData("1")]
    [InlineData("someone's")]
    [InlineData("a/../b/../c/../d/../e/../f")]
    [InlineData("中中中中中中中中中中中中中中中中中中中中")]
    public async Task What_cannot_be_the_platforms_number_is_not_asked_about(string number)
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        var game = await NewGameAsync(google);
        var reply = await Client.CheckAsync(Check(game, await CreateAsync(game, "u"), "u", number), Now);
        Assert.Equal((1, "not paid", 0), (reply.Code, reply.Data, google.Count("get")));
    }

    [Theory]
    [InlineData(GoogleChannel.ChannelName, "abcdefghijklmnopqrstuvwx.AO-J1Oxyz_0123456789", true)]
    [InlineData(GoogleChannel.ChannelName, "GPA.3345-1234-5678-90123", false)]
    [InlineData(GoogleChannel.ChannelName, "short", false)]
    [InlineData(AppleChannel.ChannelName, "2000000831360853", true)]
    [InlineData(AppleChannel.ChannelName, "350001234567890", true)]
    [InlineData(AppleChannel.ChannelName, "com.example", false)]
    [InlineData(AppleChannel.ChannelName, "", false)]
    [InlineData(AlipayChannel.ChannelName, "2013112011001004330000121536", true)]
    [InlineData(AlipayChannel.ChannelName, "２013112011001004330000121536", false)]
    [InlineData(WeChatChannel.ChannelName, "1217752501201407033233368018", true)]
    [InlineData(WeChatChannel.ChannelName, "wx201410272009395522657a690389285100", false)]
    public void Each_channel_says_what_its_numbers_look_like(string channel, string number, bool isOne) =>
        Assert.Equal(isOne, service.Services.GetRequiredService<ChannelRegistry>().Find(channel)!.Query!.IsTransactionId(number));

    [Fact]
    public async Task Order_numbers_have_10_random_digits_unless_the_app_says_otherwise()
    {
        var game = await NewGameAsync();
        Assert.Equal(game.GameId.Length + 10 + 10, (await CreateAsync(game, "u")).Length);
        var own = await NewGameAsync(more: new { orderIdRandomDigits = 6 });
        Assert.Equal(own.GameId.Length + 10 + 6, (await CreateAsync(own, "u")).Length);
        var plain = await service.NewGameAsync();
        Assert.Equal(plain.GameId.Length + 10 + 6, (await CreateAsync(plain, "u")).Length);

        // Also of an app that was read from the database.
        var apps = service.Services.GetRequiredService<OrderCenter.Apps.AppCatalog>();
        await apps.LoadAsync(Now);
        Assert.Equal((10, 6), (apps.Find(long.Parse(game.GameId))!.OrderIdRandomDigits, apps.Find(long.Parse(own.GameId))!.OrderIdRandomDigits));
    }

    private OrderCheckClient Client => new(service.Http);

    private static string Token() => "t0ken-" + Guid.NewGuid().ToString("N");

    /// <summary>As the client gives it to Google.</summary>
    private static string Account(string player) => player;

    private static OrderCheckClient.Check Check(OrderApiGame game, string order, string player, string number) => new()
    {
        SdkId = player, OrderId = order, GameId = game.GameId, ProductId = "p", Amount = "6.5", Currency = "CNY", PlatformId = "google", PlatformOrderId = number,
    };

    private Task<OrderApiGame> NewGameAsync(GooglePlayServer? google = null, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["channels"] = google is null ? new JsonObject() : new JsonObject { ["google"] = JsonNode.Parse(google.Settings()) };
        return service.NewGameAsync(body, protocol: "OrderCheck");
    }

    /// <summary>By the native API, which serves disabled apps too.</summary>
    private async Task<string> CreateAsync(OrderApiGame game, string player)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId = "p", money = "6.5", currency = "CNY", userId = player });
        Assert.Equal(HttpStatusCode.Created, status);
        return json.GetProperty("orderId").GetString()!;
    }
}

/// <summary>An app's rate counts for checks too, and does not take from what the game itself needs.</summary>
public sealed class RateTests(RateTests.SlowService service) : IClassFixture<RateTests.SlowService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class SlowService : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Limits:RequestsPerSecondPerApp=3"];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Too_many_checks_of_an_app_are_429_and_its_own_requests_go_on(bool isThere)
    {
        var game = await service.NewGameAsync(protocol: "OrderCheck");
        var check = new OrderCheckClient.Check
        {
            SdkId = "u", OrderId = "12345678901234567890", GameId = isThere ? game.GameId : "999999998", ProductId = "p", Amount = "1", Currency = "CNY", PlatformId = 1L, PlatformOrderId = "x",
        };
        var client = new OrderCheckClient(service.Http);
        var begun = TimeProvider.System.GetTimestamp();
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.CheckAsync(check, Now)));

        // The limit counts real time: a slow machine takes longer, and may let more pass.
        var most = 3 + (int)(3 * TimeProvider.System.GetElapsedTime(begun).TotalSeconds);
        Assert.InRange(replies.Count(reply => reply.HttpStatus == 200), 3, Math.Min(most, 20));
        Assert.All(replies.Where(reply => reply.HttpStatus != 200), reply => Assert.Equal((429, 1, "failed"), (reply.HttpStatus, reply.Code, reply.Message)));
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
    }
}
