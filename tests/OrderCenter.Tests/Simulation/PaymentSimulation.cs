using System.Net;
using System.Text;
using OrderCenter.Accounts;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>A rule that is broken on purpose, to see whether it would be seen.</summary>
public enum PaymentMutant
{
    None,

    /// <summary>What a purchase paid is forgotten, as if no key said that it pays one order.</summary>
    ClaimsForgotten,

    /// <summary>What a store said last of a refund is forgotten, as if words had no order.</summary>
    WordsForgotten,

    /// <summary>A refund of a part that is told again counts again.</summary>
    PartsCountedTwice,

    /// <summary>Strangers sign with the stores' own keys, as if no signature were checked.</summary>
    DoorOpen,
}

/// <summary>One seeded history: orders of every channel, paid in time, late, twice, with another amount or never; notifications that are lost, repeated, forged, out of order
/// and at another app's door; refunds, refunds of parts and reversals; stores that are down and a process that dies between any two commits. In virtual time, through the
/// product's own units of work on a real database.</summary>
internal sealed partial class PaymentSimulation(PaymentWorld world, PaymentMutant mutant = PaymentMutant.None)
{
    private const string Product = "gold_100";
    private const long Minute = 60_000;
    private const long LastMs = 150 * Minute;
    private static readonly Money Price = new(65_000);
    private static readonly Money More = new(75_000);
    private static readonly Money Part = new(20_000);

    private readonly PriorityQueue<Func<Task>, (long At, int Order)> _acts = new();
    private readonly List<TrueOrder> _orders = [];
    private readonly List<TruePurchase> _purchases = [];
    private readonly List<string> _forged = [];
    private readonly List<string> _faults = [];

    /// <summary>What the stores repeat until it is taken.</summary>
    private readonly List<Func<Task>> _repeated = [];

    /// <summary>What clients present again and again: a refund that was reversed before its purchase paid an order leaves it free, for whoever comes with it.</summary>
    private readonly List<Func<Task>> _presented = [];

    /// <summary>What ends the refunds that a store took and let wait.</summary>
    private readonly List<Action> _slow = [];

    private Random _random = new(0);
    private App _app = null!;
    private App _other = null!;
    private long _startMs;
    private int _sequence;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Runs one history to its end.</summary>
    /// <returns>What was wrong; empty: nothing.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int seed)
    {
        // 1. Orders of all channels, and of none.
        (_random, _startMs) = (new Random(seed), world.NowMs);
        (_app, _other) = world.Apps(seed);
        var granted = new Points(1_000_000);
        var player = await world.NewPlayerAsync(granted);
        foreach (var channel in new[] { "google", "apple", "alipay", "wechat", "wechat-virtual", "points", null, Any("google", "apple", "alipay", "wechat") })
        {
            _orders.Add(await CreateAsync(channel, player));
        }
        foreach (var order in _orders)
        {
            Plan(order);
        }
        PlanOutage();

        // 2. What happens to them.
        while (_acts.TryDequeue(out var act, out var at))
        {
            world.Pass(Math.Max(0, at.At - world.NowMs));
            await MutateAsync();
            await act();
            if (OneIn(3))
            {
                await world.DoRoundAsync(polls: OneIn(8));
                await CrashAsync();
            }
        }

        // 3. Calm: everything is repeated, and time goes by until nothing waits.
        await CalmAsync();
        if (mutant == PaymentMutant.ClaimsForgotten)
        {
            await RestoreClaimsAsync();
        }
        return [.. _faults, .. await new PaymentBooks(world, _app, _orders, _purchases, _forged, granted, player).JudgeAsync()];
    }

    private async Task<TrueOrder> CreateAsync(string? channel, string player)
    {
        var asked = new NewOrder
        {
            ProductId = Product, Money = Price, Currency = "CNY", UserId = player, Channel = channel, Content = [Product],
            Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["wechatOpenId"] = world.Virtual.OpenId },
        };
        if (channel == "points")
        {
            var outcome = await world.Creation.CreatePaidAsync(
                _app, asked,
                (transaction, order) => PointsLedger.DebitAsync(transaction, order.UserId, order.GameId, order.Money, PointsLedger.ChargeKey(order.Id.Value), "order", order.CreatedMs),
                Now);
            return new TrueOrder { Id = Assert.IsType<CreatePaidOutcome.Paid>(outcome).Order.Id, Money = Price, Channel = channel, UserId = player };
        }
        var id = Assert.IsType<CreateOutcome.Created>(await world.Creation.CreateAsync(_app, asked, Now)).OrderId;
        if (channel is "alipay" or "wechat" or "wechat-virtual")
        {
            var ready = Assert.IsType<InitiationResult.Ready>(await world.Desk.StartAsync(_app, (await world.Orders.FindAsync(id, Now))!.Order, Now));
            if (channel == "wechat-virtual")
            {
                world.Virtual.Open(ready.Pay);
            }
        }
        return new TrueOrder { Id = id, Money = Price, Channel = channel, UserId = player };
    }

    /// <summary>What will happen to an order, and when.</summary>
    private void Plan(TrueOrder order)
    {
        var by = new AuditContext("simulation", "a person's wish");
        for (var i = 0; i < 4; i++)
        {
            At(Soon(LastMs), () => HandOverAsync(order));
        }
        if (order.Channel == "points")
        {
            for (var i = _random.Next(3); i > 0; i--)
            {
                At(Soon(LastMs), async () => order.IsGivenBackByHand |= await world.Actions.RefundAsync(_app, order.Id, by, Now) is OperationOutcome.Done or OperationOutcome.Unchanged);
                At(Soon(LastMs), async () => order.PartBack += await world.Actions.RefundAsync(_app, order.Id, by, Now, Part) is OperationOutcome.Done ? Part.AmountE4 : 0);
            }
            return;
        }
        if (OneIn(5))
        {
            At(Soon(LastMs), () => world.Actions.CloseAsync(_app, order.Id, by, Now));
        }
        if (order.Channel is "alipay" or "wechat")
        {
            // Money given back through the store, all that is left or so much, several at once; and a person who asks again.
            for (var i = _random.Next(4); i > 0; i--)
            {
                var (money, isTwice) = (OneIn(3) ? (Money?)null : Any(Part, new Money(1_000), More), OneIn(4));
                At(Soon(LastMs), async () =>
                {
                    await world.Refunds.RefundAsync(_app, order.Id, money, by, Now);
                    if (isTwice && money is null)
                    {
                        await world.Refunds.RefundAsync(_app, order.Id, money, by, Now);
                    }
                });
            }
        }
        var payments = OneIn(7) ? 0 : OneIn(4) ? 2 : 1;
        for (var i = 0; i < payments; i++)
        {
            // Only what is asked about by order number may be lost for ever: of a second one nobody would know before the reconciliation. WeChat's virtual payment
            // can be paid, and is asked about, after the order has expired too.
            var (isFirst, isRight, at) = (i == 0, !OneIn(7), Soon(100 * Minute));
            var isAsked = order.Channel == "wechat-virtual" || (order.Channel is "alipay" or "wechat" && at < _startMs + (50 * Minute));
            var isLost = payments == 1 && isRight && isAsked && OneIn(4);
            At(at, (order.Channel ?? Any("google", "apple", "alipay")) switch
            {
                "google" => () => PayAtGoogleAsync(order, isRight),
                "apple" => () => PayAtAppleAsync(order, isRight),
                "alipay" => () => PayAtAlipayAsync(order, isFirst, isRight, isLost),
                "wechat-virtual" => () => isFirst ? PayAtVirtualAsync(order, isRight, isLost) : Task.CompletedTask,
                _ => () => PayAtWeChatAsync(order, isFirst, isRight, isLost),
            });
        }
        for (var i = _random.Next(3); i > 0; i--)
        {
            At(Soon(LastMs), () => ForgeAsync(order));
        }
    }

    private void PlanOutage()
    {
        if (OneIn(2))
        {
            var begin = Soon(LastMs);
            At(begin, () => SetDownAsync(true));
            At(begin + _random.NextInt64(40 * Minute), () => SetDownAsync(false));
        }
    }

    private Task SetDownAsync(bool isDown)
    {
        world.Google.IsDown = world.Apple.IsDown = isDown;
        world.Alipay.Fault = world.WeChat.Fault = isDown ? Any(PlatformFault.Down, PlatformFault.Lost) : PlatformFault.None;
        world.Virtual.Fault = isDown ? PlatformFault.Down : PlatformFault.None;
        world.WeChat.IsRefundSlow = OneIn(3);
        return Task.CompletedTask;
    }

    private async Task HandOverAsync(TrueOrder order) => order.Handed += await world.Delivery.RecordAsync(_app, order.Id, Now) == FulfilmentOutcome.Recorded ? 1 : 0;

    /// <summary>A notification comes now or later, once or several times, or not before the calm; and repeats in the calm in any case, unless it is lost for ever.</summary>
    private void Tell(string channel, Func<(string Body, IEnumerable<(string, string)> Headers)> make, bool isLost = false) => Tell(
        channel,
        () =>
        {
            var (body, headers) = make();
            return (body, headers, "");
        },
        isLost);

    private void Tell(string channel, Func<(string Body, IEnumerable<(string, string)> Headers, string Query)> make, bool isLost)
    {
        if (isLost)
        {
            return;
        }
        async Task TellAsync(App app)
        {
            var (body, headers, query) = make();
            if (await world.TellAsync(channel, app, body, headers, query) == NotificationReception.Refused)
            {
                _faults.Add($"a genuine notification of {channel} was refused");
            }
        }
        for (var i = _random.Next(4); i > 0; i--)
        {
            At(Soon(45 * Minute), () => TellAsync(_app));
        }
        if (OneIn(8))
        {
            At(Soon(45 * Minute), () => TellAsync(_other));
        }
        _repeated.Add(() => TellAsync(_app));
    }

    /// <summary>A client presents its receipt, some time and again.</summary>
    private void Present(OrderId id, string receipt)
    {
        async Task PresentAsync()
        {
            Assert.True(Receipt.TryParse(Encoding.UTF8.GetBytes(receipt), out var read, out var fault), fault);
            await world.Receipts.ApplyAsync(_app, id, read, deferredId: null, Now);
        }
        for (var i = _random.Next(3); i > 0; i--)
        {
            At(Soon(45 * Minute), PresentAsync);
        }
        _presented.Add(PresentAsync);
    }

    private TruePurchase Book(TrueOrder order, string channel, string transactionId, bool isRight, Money? money = null)
    {
        var purchase = new TruePurchase { Channel = channel, TransactionId = transactionId, Money = money ?? order.Money, IsRight = isRight };
        purchase.Orders.Add(order.Id);
        _purchases.Add(purchase);
        return purchase;
    }

    /// <summary>What a process that died leaves: an order that followed a notification which is still to be read.</summary>
    private async Task CrashAsync()
    {
        if (!OneIn(4))
        {
            return;
        }
        var read = await world.QueryAsync("SELECT notification_key FROM notifications WHERE game_id = $1 AND state <> 0 ORDER BY received_ms, notification_id", row => row.GetString(0), _app.GameId);
        if (read.Count > 0)
        {
            await world.ExecuteAsync("UPDATE notifications SET state = 0, due_ms = $2, lease_until_ms = 0, outcome = NULL, done_ms = NULL WHERE notification_key = $1", read[_random.Next(read.Count)], world.NowMs);
        }
    }

    private async Task CalmAsync()
    {
        await SetDownAsync(false);
        foreach (var finish in _slow)
        {
            finish();
        }
        foreach (var repeat in _repeated.Concat(_presented).Concat(_repeated.Where(_ => OneIn(2))).OrderBy(_ => _random.Next()).ToList())
        {
            await MutateAsync();
            await repeat();
            if (OneIn(4))
            {
                world.PassLease();
                await world.DoRoundAsync(polls: false);
            }
        }
        for (var i = 0; i < 80 && (i < 4 || await WaitsAsync()); i++)
        {
            world.Pass(31 * Minute);
            await world.DoRoundAsync(polls: i is 0 or 3);
        }
        foreach (var present in _presented)
        {
            await present();
        }
        foreach (var order in _orders)
        {
            await HandOverAsync(order);
            await HandOverAsync(order);
        }
    }

    private async Task<bool> WaitsAsync() => (await world.QueryAsync(
        "SELECT (SELECT count(*) FROM notifications WHERE state = 0) + (SELECT count(*) FROM payment_lookups WHERE due_ms IS NOT NULL) + (SELECT count(*) FROM refunds WHERE due_ms IS NOT NULL)", row => row.GetInt64(0)))[0] > 0;

    private Task<int> MutateAsync() => mutant switch
    {
        PaymentMutant.ClaimsForgotten => world.ExecuteAsync("DELETE FROM payments"),
        PaymentMutant.WordsForgotten => world.ExecuteAsync("DELETE FROM refund_events"),
        PaymentMutant.PartsCountedTwice => world.ExecuteAsync("UPDATE refunds SET refund_id = refund_id || 'x' WHERE refund_id <> ''"),
        _ => Task.FromResult(0),
    };

    /// <summary>So that what is judged is what came of the broken rule, and not the rows that are gone.</summary>
    private async Task RestoreClaimsAsync()
    {
        foreach (var order in _orders)
        {
            if ((await world.Orders.FindAsync(order.Id, Now))!.Payment is { } payment)
            {
                await world.Store.WriteAsync(transaction => PaymentTable.ReserveAsync(transaction, payment, order.Id, 1, isExpected: true), Now);
            }
        }
    }

    private void At(long atMs, Func<Task> act) => _acts.Enqueue(act, (atMs, _sequence++));

    /// <summary>Some time from now, or from the beginning while it is planned.</summary>
    private long Soon(long withinMs) => world.NowMs + 1 + _random.NextInt64(withinMs);

    private bool OneIn(int times) => _random.Next(times) == 0;

    private T Any<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private static string Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}"));

    private string Number(string prefix) => prefix + _random.NextInt64(1_000_000_000_000, 9_999_999_999_999) + _startMs;
}
