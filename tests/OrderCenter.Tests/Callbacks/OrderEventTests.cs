using System.Net;
using System.Text.Json;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>What is told at an app's <c>eventsUrl</c>: every kind, whatever the protocol speaks, as it was when it happened.</summary>
public sealed class OrderEventTests(Platforms platforms) : IClassFixture<Platforms>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_is_told_once_signed_and_as_the_order_was_then()
    {
        await using var events = await ReceiverAsync();
        var game = await platforms.NewAppAsync(new { eventsUrl = events.Url });
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        Assert.True(await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(pay.GetProperty("orderString").GetString()!), cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        await RefundAsync(id, "2.5");
        await RefundAsync(id, null);
        await Platforms.Eventually(() => Task.FromResult(events.Of(id).Count() == 3), () => string.Join(",", events.Received.Select(received => received.Type)));
        var told = events.Of(id).OrderBy(received => Array.IndexOf(["order.paid", "order.partially_refunded", "order.refunded"], received.Type)).ToList();
        Assert.All(told, received => Assert.True(received.IsSigned, received.Type));
        Assert.Equal(
            [("order.paid", "paid", "delivering", null), ("order.partially_refunded", "paid", "delivering", "2.5"), ("order.refunded", "refunded", "closed", "6.5")],
            told.Select(received => (received.Type, Text(received.Data, "payState"), Text(received.Data, "state"), Text(received.Data, "refundedMoney"))));
        var first = told[0].Data;
        Assert.Equal(
            (long.Parse(game.GameId), "gem-60", "六十/钻石", "6.5", "CNY", "u1", "alipay"),
            (first.GetProperty("gameId").GetInt64(), Text(first, "productId"), Text(first, "productName"), Text(first, "money"), Text(first, "currency"), Text(first, "userId"), Text(first, "channel")));

        // They stand among the order's callbacks by their kind, under the ids that were sent; the protocol's own are as without them.
        var callbacks = (await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray().ToList();
        var ofEvents = callbacks.Where(callback => Text(callback, "kind") == "event").ToList();
        Assert.Equal(told.Select(received => received.Id).Order(StringComparer.Ordinal), ofEvents.Select(callback => Text(callback, "id")).Order(StringComparer.Ordinal));
        Assert.All(ofEvents, callback => Assert.Equal(events.Url.AbsoluteUri, Text(callback, "url")));
        Assert.Equal(["order.paid", "order.refunded"], callbacks.Where(callback => Text(callback, "kind") == "callback").Select(callback => Text(callback, "event")));
    }

    [Fact]
    public async Task An_event_is_sent_again_under_its_id_with_its_content_though_the_order_has_moved_on()
    {
        await using var events = await ReceiverAsync();
        events.Answers.Enqueue(500);
        var game = await platforms.NewAppAsync(new { eventsUrl = events.Url });
        var id = await PaidByHandAsync(game.GameId);
        await Platforms.Eventually(() => Task.FromResult(events.Of(id).Count() == 1));
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(id, "refund", new { reason = "r" })).Status);
        await Platforms.Eventually(async () => await EventAsync(id, "order.paid") is { } waits && Text(waits, "status") == "pending");
        platforms.Clock.Advance(TimeSpan.FromSeconds(6));
        await Platforms.Eventually(() => Task.FromResult(events.Of(id).Count() == 3));
        var paid = events.Of(id).Where(received => received.Type == "order.paid").ToList();
        Assert.Equal((2, paid[0].Id, paid[0].Body), (paid.Count, paid[1].Id, paid[1].Body));
        Assert.Equal("paid", Text(paid[1].Data, "payState"));
    }

    [Fact]
    public async Task An_event_that_nobody_takes_is_not_the_orders_failure_and_is_redelivered()
    {
        await using var events = await ReceiverAsync();
        events.Answers.Enqueue(410);
        var game = await platforms.NewAppAsync(new { eventsUrl = events.Url });
        var id = await PaidByHandAsync(game.GameId);
        JsonElement? told = null;
        await Platforms.Eventually(async () => (told = await EventAsync(id, "order.paid")) is { } ended && Text(ended, "status") == "exhausted");
        var order = await platforms.OrderAsync(id);
        Assert.Equal(("paid", "delivering"), (Text(order, "payState"), Text(order, "state")));
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(id, "refund", new { reason = "r" })).Status);
        var (status, _) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{Text(told!.Value, "id")}/redeliver", new { reason = "mended" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        await Platforms.Eventually(async () => Text((await EventAsync(id, "order.paid"))!.Value, "status") == "delivered");
        Assert.Equal(2, events.Of(id).Count(received => received.Type == "order.paid"));
        var (_, request) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/callbacks/{Text(told.Value, "id")}/request");
        Assert.Equal(events.Of(id).First(received => received.Type == "order.paid").Body, Text(request, "body"));
    }

    [Fact]
    public async Task Holding_delivering_and_closing_are_told_too_also_of_protocols_that_speak_none_of_them()
    {
        await using var events = await ReceiverAsync();
        // OrderCheck: its callback, acknowledged, delivers the order.
        var check = await platforms.NewAppAsync(new { eventsUrl = events.Url }, protocol: "OrderCheck");
        var id = await PaidByHandAsync(check.GameId);
        platforms.Clock.Advance(TimeSpan.FromSeconds(31));
        await Platforms.Eventually(() => Task.FromResult(events.Of(id).DistinctBy(received => received.Id).Count() == 2), () => string.Join(",", events.Of(id).Select(received => received.Type)) + platforms.OrderAsync(id).GetAwaiter().GetResult());
        Assert.Equal(["order.delivered", "order.paid"], events.Of(id).DistinctBy(received => received.Id).Select(received => received.Type).Order(StringComparer.Ordinal));

        var game = await platforms.NewAppAsync(new { eventsUrl = events.Url, callbackUrl = (string?)null });
        var (held, expired) = (await CreateAsync(game.GameId), await CreateAsync(game.GameId));
        await ActAsync(held, "paid", new { channel = "bank", transactionId = held, money = "1", currency = "CNY", reason = "r" });
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(held, "close", new { reason = "r" })).Status);
        platforms.Clock.Advance(TimeSpan.FromDays(2));
        await Platforms.Eventually(() => Task.FromResult(events.Of(expired).Any()), () => string.Join(",", events.Received.Select(received => received.Type)));
        Assert.Equal("order.closed", Assert.Single(events.Of(expired).DistinctBy(received => received.Id)).Type);
        await Platforms.Eventually(() => Task.FromResult(events.Of(held).DistinctBy(received => received.Id).Count() == 2));
        Assert.Equal(["order.closed", "order.held"], events.Of(held).DistinctBy(received => received.Id).Select(received => received.Type).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("/events")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://example.com/a b")]
    public async Task An_address_that_is_none_is_refused_by_name(string url)
    {
        var game = await platforms.NewAppAsync();
        var (status, json) = await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { eventsUrl = url });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("eventsUrl", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_nothing_is_told()
    {
        var game = await platforms.NewAppAsync();
        var id = await PaidByHandAsync(game.GameId);
        Assert.All((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray(), callback => Assert.Equal("callback", Text(callback, "kind")));
    }

    private Task<EventsReceiver> ReceiverAsync() => EventsReceiver.StartAsync(Platforms.Secret, platforms.Clock);

    private async Task<string> CreateAsync(string gameId)
    {
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId, productId = "p", money = "6.5", currency = "CNY", userId = "u" });
        Assert.Equal(HttpStatusCode.Created, status);
        return Text(json, "orderId")!;
    }

    private async Task<string> PaidByHandAsync(string gameId)
    {
        var id = await CreateAsync(gameId);
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(id, "paid", new { channel = "bank", transactionId = "B" + id, money = "6.5", currency = "CNY", reason = "r" })).Status);
        return id;
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> ActAsync(string id, string action, object body) =>
        platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/{action}", body);

    private async Task RefundAsync(string id, string? money) =>
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(id, "refund", new { reason = "r", atStore = true, money })).Status);

    private async Task<JsonElement?> EventAsync(string id, string name) =>
        (await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray().Where(callback => Text(callback, "kind") == "event" && Text(callback, "event") == name)
            .Select(callback => (JsonElement?)callback).FirstOrDefault();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
