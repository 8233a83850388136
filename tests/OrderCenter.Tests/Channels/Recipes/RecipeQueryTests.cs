using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>A recipe with a query, written out in the app's settings: the store is asked, and only what it signs is believed.</summary>
public sealed class RecipeQueryTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private RecipeQueryStore _store = null!;
    private OrderApiGame _game = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await RecipeQueryStore.StartAsync(platforms.Clock, CancellationToken.None);
        _game = await platforms.NewAppAsync(new { channels = new Dictionary<string, object>(StringComparer.Ordinal) { ["my-store"] = JsonNode.Parse(_store.Settings)! } });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_the_store_says_pays_the_order()
    {
        var id = await NewOrderAsync();
        Assert.Equal("the payment is in the state 0", await RecheckAsync(id));
        _store.Pay(new RecipePayment(id, "S1" + id, 650));
        Assert.Equal("paid", await RecheckAsync(id));
        Assert.Equal("my-store", (await platforms.UntilAsync(id, "paid")).GetProperty("payment").GetProperty("channel").GetString());
        Assert.Equal(0, _store.WrongSignatures);
    }

    [Fact]
    public async Task A_payment_whose_notification_never_comes_is_asked_for()
    {
        var id = await NewOrderAsync();
        _store.Pay(new RecipePayment(id, "S4" + id, 650));
        platforms.Clock.Advance(TimeSpan.FromSeconds(31));
        await platforms.UntilAsync(id, "paid");
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.WrongSign)]
    [InlineData(PlatformFault.NoSign)]
    [InlineData(PlatformFault.ChangedAnswer)]
    [InlineData(PlatformFault.Garbage)]
    [InlineData(PlatformFault.Huge)]
    public async Task What_the_store_did_not_sign_says_nothing(PlatformFault fault)
    {
        var id = await NewOrderAsync();
        _store.Fault = fault;
        Assert.StartsWith("not known yet: my-store", await RecheckAsync(id), StringComparison.Ordinal);
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task Another_amount_holds_the_order()
    {
        var id = await NewOrderAsync();
        _store.Pay(new RecipePayment(id, "S2" + id, 649));
        await RecheckAsync(id);
        Assert.Equal("review", (await platforms.OrderAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_refund_that_is_notified_refunds_the_order_and_an_old_payment_does_not_bring_it_back()
    {
        var id = await NewOrderAsync();
        var payment = new RecipePayment(id, "S3" + id, 650);
        Assert.Equal("ok", await NotifyAsync(payment));
        await platforms.UntilAsync(id, "paid");
        Assert.Equal("ok", await NotifyAsync(payment with { State = "2" }));
        await platforms.UntilAsync(id, "refunded");
        Assert.Equal("ok", await NotifyAsync(payment));
        Assert.Equal("ok", await NotifyAsync(payment with { State = "2" }));
        Assert.Equal("refunded", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Equal("no", await NotifyAsync(payment, text => text.Replace("price=6.5", "price=6.50", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_channel_without_a_query_is_not_asked()
    {
        var settings = JsonNode.Parse(_store.Settings)!;
        settings["recipe"]!.AsObject().Remove("query");
        var game = await platforms.NewAppAsync(new { channels = new Dictionary<string, object>(StringComparer.Ordinal) { ["my-store"] = settings } });
        Assert.Equal("nobody can be asked: channel my-store is not configured, or cannot be asked", await RecheckAsync(await NewOrderAsync(game.GameId)));
    }

    private async Task<string> NotifyAsync(RecipePayment payment, Func<string, string>? change = null)
    {
        var text = _store.Notification(payment);
        using var response = await platforms.Http.PostAsync(
            platforms.NotifyAt("my-store", _game.GameId), new StringContent(change?.Invoke(text) ?? text, Encoding.UTF8, "application/x-www-form-urlencoded"), Now);
        return await response.Content.ReadAsStringAsync(Now);
    }

    private async Task<string> RecheckAsync(string id)
    {
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck", new { });
        Assert.Equal(HttpStatusCode.OK, status);
        return json.GetProperty("reason").GetString()!;
    }

    private async Task<string> NewOrderAsync(string? gameId = null)
    {
        var (status, json) = await platforms.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId = gameId ?? _game.GameId, productId = "gem-60", money = "6.5", currency = "CNY", userId = "u1", channel = "my-store" });
        Assert.True(status == HttpStatusCode.Created, json.ToString());
        return json.GetProperty("orderId").GetString()!;
    }
}
