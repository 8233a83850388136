using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderCenter.OpenWork;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>An extra payment of an order that is done: it waits for a person, who settles it.</summary>
public sealed class SettleTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task An_extra_payment_waits_until_somebody_settles_it_and_the_next_one_waits_again()
    {
        var (game, id) = await PaidAsync();
        Assert.Equal(HttpStatusCode.Conflict, await PayAsync(id, "second"));
        Assert.Equal((1, id), await OpenAsync(game));
        Assert.Equal(JsonValueKind.Null, (await UnappliedAsync(id))[0].GetProperty("settledAt").ValueKind);

        var (status, shown) = await service.ActAsync(id, "settle", new { reason = "given back on 22 Nov" }, ("X-Actor", "mei"));
        Assert.Equal((HttpStatusCode.OK, ("paid", "created")), (status, Native.StateOf(shown)));
        Assert.Equal(service.Clock.GetUtcNow(), shown.GetProperty("unappliedPayments")[0].GetProperty("settledAt").GetDateTimeOffset());
        var act = shown.GetProperty("acts").EnumerateArray().Last();
        Assert.Equal(("mei", "settle", "given back on 22 Nov"), (act.GetProperty("actor").GetString(), act.GetProperty("action").GetString(), act.GetProperty("reason").GetString()));
        var entry = (await service.GetAsync($"/audit?action=order.settle&gameId={game}")).GetProperty("items")[0];
        Assert.Equal((id, "given back on 22 Nov"), (entry.GetProperty("target").GetString(), entry.GetProperty("reason").GetString()));
        Assert.Equal((0, null), await OpenAsync(game));

        // The same payment again is that one; another one is new.
        Assert.Equal(HttpStatusCode.Conflict, await PayAsync(id, "second"));
        Assert.Equal((0, null), await OpenAsync(game));
        Assert.Equal(HttpStatusCode.Conflict, await PayAsync(id, "third"));
        Assert.Equal((1, id), await OpenAsync(game));
        Assert.Equal(1, (await UnappliedAsync(id)).Count(payment => payment.GetProperty("settledAt").ValueKind == JsonValueKind.Null));
    }

    [Fact]
    public async Task Whoever_may_not_and_what_is_not_open_is_refused_and_nothing_is_settled()
    {
        var (game, id) = await PaidAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await service.ActAsync(id, "settle", new { reason = "x" })).Status);
        await PayAsync(id, "second");
        var number = long.Parse(game, CultureInfo.InvariantCulture);
        foreach (var (token, expected) in new[]
        {
            (await service.NewTokenAsync("support", [number]), HttpStatusCode.Forbidden), (await service.NewTokenAsync("finance", [number + 1]), HttpStatusCode.NotFound),
        })
        {
            Assert.Equal(expected, (await service.WithTokenAsync(token, HttpMethod.Post, $"/orders/{id}/settle", new { reason = "x" })).Status);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await service.ActAsync(id, "settle", new { })).Status);
        Assert.Equal((1, id), await OpenAsync(game));

        // A held order wants a decision about itself.
        var held = await service.CreateAsync(Native.NewOrder(game));
        await service.ActAsync(held, "paid", new { channel = "bank", transactionId = "H-" + held, money = "1" });
        Assert.Equal(HttpStatusCode.Conflict, (await service.ActAsync(held, "settle", new { reason = "x" })).Status);
        Assert.Equal(JsonValueKind.Null, (await UnappliedAsync(held))[0].GetProperty("settledAt").ValueKind);
    }

    private async Task<(string Game, string Id)> PaidAsync()
    {
        var game = (await service.NewGameAsync()).GameId;
        var id = await service.CreateAsync(Native.NewOrder(game));
        Assert.Equal(HttpStatusCode.OK, await PayAsync(id, "first"));
        return (game, id);
    }

    private async Task<HttpStatusCode> PayAsync(string id, string number) =>
        (await service.ActAsync(id, "paid", new { channel = "bank", transactionId = $"{number}-{id}", money = "6.5", currency = "CNY", reason = "seen on the account" })).Status;

    private async Task<List<JsonElement>> UnappliedAsync(string id) => [.. (await service.OrderAsync(id)).GetProperty("unappliedPayments").EnumerateArray()];

    /// <summary>How many payments of a game wait for a person, and the only order that the list of such orders has.</summary>
    private async Task<(long Count, string? Id)> OpenAsync(string game)
    {
        service.Clock.Advance(WorkCounts.KeptFor);
        var work = (await service.GetAsync("/work?gameId=" + game)).GetProperty("items").EnumerateArray().ToList();
        var orders = (await service.GetAsync($"/orders?openPayments=true&gameId={game}")).GetProperty("items").EnumerateArray().ToList();
        return (work.Count == 0 ? 0 : work[0].GetProperty("unappliedPayments").GetInt64(), orders.Count == 0 ? null : Assert.Single(orders).GetProperty("orderId").GetString());
    }
}
