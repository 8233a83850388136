using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Orders;

/// <summary>Refunds and reversals come in any order, any number of times and at once: the order follows the store's newest word, and each once.</summary>
public sealed class RefundEventTests(Service service) : IClassFixture<Service>
{
    private const string Store = "apple";

    private ProviderEventHandler Events => service.Services.GetRequiredService<ProviderEventHandler>();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Every order of arrival; <c>P</c> the payment, <c>R</c> the refund, <c>V</c> its reversal, <c>S</c> a second refund, as the store said them.</summary>
    public static TheoryData<string, bool> Arrivals()
    {
        var data = new TheoryData<string, bool>();
        foreach (var words in new[] { "PR", "PRV", "PRVS" })
        {
            foreach (var arrival in Permutations(words))
            {
                data.Add(arrival, false);
                data.Add(arrival, true);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Arrivals))]
    public async Task The_stores_newest_word_stands_whatever_the_order_of_arrival(string arrival, bool isDelivered)
    {
        var (game, app) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        var newest = ' ';
        foreach (var letter in arrival)
        {
            for (var times = 0; times < 2; times++)
            {
                await TellAsync(app, id, payment, letter);
            }
            newest = letter != 'P' && "RVS".IndexOf(letter, StringComparison.Ordinal) > "RVS".IndexOf(newest, StringComparison.Ordinal) ? letter : newest;
            var payState = await PayStateAsync(id);
            Assert.True(payState == "unpaid" || payState == (newest is 'R' or 'S' ? "refunded" : "paid"), $"{payState} after {letter} of {arrival}");
            if (isDelivered && payState == "paid" && await StateAsync(id) == "created")
            {
                await game.SendProductAsync(id.Value, Now);
            }
        }

        // Everything is told once more, the payment too: what was paid and reversed is not lost.
        foreach (var letter in "RVPSRP".Where(arrival.Contains))
        {
            await TellAsync(app, id, payment, letter);
        }
        var last = await PayStateAsync(id);
        Assert.True(newest is 'V' ? last == "paid" : last is "refunded" or "unpaid", $"{last} in the end of {arrival}");
        Assert.InRange((await ActsAsync(id, "refund")).Count, 0, arrival.Count(letter => letter is 'R' or 'S'));
        Assert.InRange((await ActsAsync(id, "refund reversed")).Count, 0, 1);
    }

    [Fact]
    public async Task Reversal_that_overtakes_its_refund_leaves_the_order_paid()
    {
        var (game, app) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        await TellAsync(app, id, payment, 'P');
        Assert.Equal("the order was not refunded", (await TellAsync(app, id, payment, 'V')).Message);
        var late = await TellAsync(app, id, payment, 'R');
        Assert.Equal((NotificationState.Ignored, id), (late.State, late.OrderId));
        Assert.Equal("paid", await PayStateAsync(id));
        Assert.Empty(await ActsAsync(id, "refund"));
    }

    [Fact]
    public async Task Of_one_moment_the_refund_is_the_later_word()
    {
        var (game, app) = await NewAsync();
        foreach (var isRefundFirst in new[] { true, false })
        {
            var (id, payment) = await NewOrderAsync(game);
            await TellAsync(app, id, payment, 'P');
            var refund = new ProviderEvent.Refunded(payment, "r") { ReportedMs = 5 };
            var reversal = new ProviderEvent.RefundReversed(payment, "v") { ReportedMs = 5 };
            await Events.ApplyAsync(app, Store, isRefundFirst ? refund : reversal, Now);
            await Events.ApplyAsync(app, Store, isRefundFirst ? reversal : refund, Now);
            Assert.Equal("refunded", await PayStateAsync(id));
        }
    }

    [Fact]
    public async Task Replay_of_a_reversal_does_not_undo_what_a_person_did_after_it()
    {
        var (game, app) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        foreach (var letter in "PRV")
        {
            await TellAsync(app, id, payment, letter);
        }
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "by hand" })).Status);
        Assert.Equal("the order has followed it before", (await TellAsync(app, id, payment, 'V')).Message);
        Assert.Equal("refunded", await PayStateAsync(id));
    }

    [Fact]
    public async Task Told_at_once_the_newest_word_stands()
    {
        var (game, app) = await NewAsync();
        for (var i = 0; i < 20; i++)
        {
            var (id, payment) = await NewOrderAsync(game);
            await TellAsync(app, id, payment, 'P');
            await Task.WhenAll("RVRVRVRV".Select(letter => Task.Run(() => TellAsync(app, id, payment, letter))));
            Assert.Equal("paid", await PayStateAsync(id));
            await Task.WhenAll("SVRSVRSR".Select(letter => Task.Run(() => TellAsync(app, id, payment, letter))));
            Assert.Equal("refunded", await PayStateAsync(id));
        }
    }

    [Fact]
    public async Task Refund_at_the_same_moment_as_its_payment_never_leaves_the_order_paid()
    {
        var (game, app) = await NewAsync();
        for (var i = 0; i < 20; i++)
        {
            var (id, payment) = await NewOrderAsync(game);
            await Task.WhenAll("PRPRPRPR".Select(letter => Task.Run(() => TellAsync(app, id, payment, letter))));
            Assert.NotEqual("paid", await PayStateAsync(id));
        }
    }

    [Fact]
    public async Task Words_of_another_app_move_nothing()
    {
        var (game, app) = await NewAsync();
        var (_, other) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        await TellAsync(app, id, payment, 'P');
        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(NotificationState.Unclaimed, (await TellAsync(other, id, payment, 'S')).State);
        }
        Assert.Equal("paid", await PayStateAsync(id));
        Assert.Equal(NotificationState.Applied, (await TellAsync(app, id, payment, 'R')).State);
        Assert.Equal("refunded", await PayStateAsync(id));
    }

    [Fact]
    public async Task Old_refund_at_another_apps_door_does_not_spoil_a_payment_whose_refund_was_reversed()
    {
        var (game, app) = await NewAsync();
        var (_, other) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        await TellAsync(app, id, payment, 'V');
        Assert.Equal(NotificationState.Ignored, (await TellAsync(other, id, payment, 'R')).State);
        await TellAsync(app, id, payment, 'P');
        Assert.Equal("paid", await PayStateAsync(id));
    }

    /// <summary>Two apps have one account at the store, and each is told a part.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Old_reversal_does_not_free_a_payment_that_was_refunded_again_whichever_app_was_told(bool isOldToldElsewhere)
    {
        var (game, app) = await NewAsync();
        var (_, other) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        await TellAsync(isOldToldElsewhere ? app : other, id, payment, 'S');
        Assert.Equal(NotificationState.Ignored, (await TellAsync(isOldToldElsewhere ? other : app, id, payment, 'V')).State);
        await TellAsync(app, id, payment, 'P');
        Assert.Equal("unpaid", await PayStateAsync(id));
    }

    [Fact]
    public async Task Old_reversal_leaves_an_order_refunded_whose_second_refund_another_app_was_told_of()
    {
        var (game, app) = await NewAsync();
        var (_, other) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        await TellAsync(app, id, payment, 'P');
        await TellAsync(app, id, payment, 'R');
        await TellAsync(other, id, payment, 'S');
        Assert.Equal(NotificationState.Ignored, (await TellAsync(app, id, payment, 'V')).State);
        Assert.Equal("refunded", await PayStateAsync(id));
    }

    [Fact]
    public async Task Part_of_the_money_back_moves_no_order_and_is_shown()
    {
        var (game, app) = await NewAsync();
        var (id, payment) = await NewOrderAsync(game);
        var part = new ProviderEvent.PartlyRefunded(id, payment, "2 of 6.5 went back");

        // Before its payment: nobody knows what the order is worth, so a person decides.
        Assert.Equal(NotificationState.Held, (await Events.ApplyAsync(app, Store, part, Now)).State);
        Assert.Equal(("unpaid", "review"), (await PayStateAsync(id), await StateAsync(id)));

        var (paid, second) = await NewOrderAsync(game);
        await TellAsync(app, paid, second, 'P');
        var outcome = await Events.ApplyAsync(app, Store, part with { OrderId = null, Payment = second }, Now);
        Assert.Equal((NotificationState.Unapplied, "2 of 6.5 went back; the order stays as it is", paid), (outcome.State, outcome.Message, outcome.OrderId));
        Assert.Equal("paid", await PayStateAsync(paid));
    }

    [Fact]
    public async Task Parts_told_at_once_and_in_any_order_are_one_refund_when_they_are_all()
    {
        var (game, app) = await NewAsync();
        for (var i = 0; i < 20; i++)
        {
            var (id, payment) = await NewOrderAsync(game);
            payment = payment with { Money = new Money(65_000) };
            var parts = Enumerable.Range(0, 5).Select(part => new ProviderEvent.PartlyRefunded(id, payment, "1.3 went back") { Part = new PartialRefund("r" + part, new Money(13_000)), ReportedMs = 10 + part }).ToList();

            // With the payment among them: before, after or between.
            var told = parts.Concat(parts).Cast<ProviderEvent>().ToList();
            told.Insert(i % 10, new ProviderEvent.Paid(id, payment) { ReportedMs = 1 });
            await Task.WhenAll(told.Select(tidings => Task.Run(() => Events.ApplyAsync(app, Store, tidings, Now))));
            foreach (var tidings in told)
            {
                await Events.ApplyAsync(app, Store, tidings, Now);
            }
            Assert.NotEqual("paid", await PayStateAsync(id));
            Assert.InRange((await ActsAsync(id, "refund")).Count, 0, 1);
        }
    }

    private async Task<(OrderApiGame Game, App App)> NewAsync()
    {
        var game = await service.NewGameAsync();
        return (game, service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App);
    }

    private static async Task<(OrderId Id, Payment Payment)> NewOrderAsync(OrderApiGame game)
    {
        var id = OrderId.FromStore((await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId);
        return (id, new Payment { Channel = Store, Environment = Payment.Production, TransactionId = "t" + id, StoreOrderId = "o" + id });
    }

    private Task<ProviderEventOutcome> TellAsync(App app, OrderId id, Payment payment, char letter) => Events.ApplyAsync(
        app, Store,
        letter switch
        {
            'P' => new ProviderEvent.Paid(id, payment) { ReportedMs = 1 },
            'R' => new ProviderEvent.Refunded(payment, "refunded") { ReportedMs = 2 },
            'V' => new ProviderEvent.RefundReversed(payment, "reversed") { ReportedMs = 3 },
            _ => new ProviderEvent.Refunded(payment, "refunded again") { ReportedMs = 4 },
        },
        Now);

    private async Task<string> PayStateAsync(OrderId id) => (await service.OrderAsync(id.Value)).GetProperty("payState").GetString()!;

    private async Task<string> StateAsync(OrderId id) => (await service.OrderAsync(id.Value)).GetProperty("state").GetString()!;

    private async Task<List<JsonElement>> ActsAsync(OrderId id, string action) =>
        [.. (await service.OrderAsync(id.Value)).GetProperty("acts").EnumerateArray().Where(act => act.GetProperty("action").GetString() == action)];

    private static IEnumerable<string> Permutations(string letters) =>
        letters.Length <= 1 ? [letters] : letters.SelectMany((letter, at) => Permutations(letters.Remove(at, 1)).Select(rest => letter + rest));
}
