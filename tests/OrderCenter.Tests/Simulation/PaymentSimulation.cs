using System.Net;
using System.Text;
using OrderCenter.Accounts;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Payments;
using OrderCenter.Payments.Accounts;
using OrderCenter.Payments.Notifications;
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

/// <summary>One seeded history: orders of every channel, of one account or of several, paid in time, late, twice, with another amount or never; purchases of several
/// products; notifications that are lost, repeated, forged, out of order and at another app's door; refunds, refunds of parts and reversals; stores that are down and a
/// process that dies between any two commits. In virtual time, through the product's own units of work on a real database.</summary>
internal sealed partial class PaymentSimulation(PaymentWorld world, PaymentMutant mutant = PaymentMutant.None)
{
    private const string Product = "gold_100";
    private const string Sword = "sword_1";

    /// <summary>What nobody has ordered.</summary>
    private const string Shield = "shield_1";

    private const int WholeRefund = 1;
    private const int QuantityRefund = 2;
    private const long Minute = 60_000;
    private const long LastMs = 150 * Minute;
    private static readonly Money Price = new(65_000);
    private static readonly Money More = new(75_000);
    private static readonly Money Part = new(20_000);

    private static readonly string[] Recipes = ["vivo", "huawei", "shop"];
    private static readonly (string, string)[] NoHeaders = [];

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
        foreach (var channel in new[] { "google", "apple", "alipay", "wechat", "wechat-virtual", "points", null, Any(Recipes), Any("google", "apple", "alipay", "wechat", Any(Recipes)) })
        {
            _orders.Add(await CreateAsync(channel, Product, channel is "google" or "apple" ? Any(1, 1, 3) : 1, player));
        }
        _orders.Add(await CreateAsync("google", Sword, 1, player));
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

    private async Task<TrueOrder> CreateAsync(string? channel, string product, int quantity, string player)
    {
        // Half of the apps have two accounts of a channel. Where money is paid at the store's page, the order names its account, or is paid at the one that is the default.
        var hasAccounts = _app.EventsUrl is not null;
        var stores = hasAccounts && OneIn(2) ? world.Other : world.Main;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["wechatOpenId"] = stores.Virtual.OpenId };
        var namesAccount = hasAccounts && (stores == world.Other || OneIn(2));
        if (namesAccount)
        {
            attributes[PaymentChoice.AccountAttribute] = stores.Name;
        }
        var asked = new NewOrder
        {
            ProductId = product, Quantity = quantity, Money = Price, Currency = "CNY", UserId = player, Channel = channel, Content = [product], Attributes = attributes,
        };
        TrueOrder Made(OrderId id, string? token = null) => new()
        {
            Id = id, ProductId = product, Quantity = quantity, Money = Price, Channel = channel, UserId = player, Stores = stores, NamesAccount = namesAccount, Token = token,
        };
        if (channel == "points")
        {
            var outcome = await world.Creation.CreatePaidAsync(
                _app, asked,
                (transaction, order) => PointsLedger.DebitAsync(transaction, order.UserId, order.GameId, order.Money, PointsLedger.ChargeKey(order.Id.Value), "order", order.CreatedMs),
                Now);
            return Made(Assert.IsType<CreatePaidOutcome.Paid>(outcome).Order.Id);
        }
        var id = Assert.IsType<CreateOutcome.Created>(await world.Creation.CreateAsync(_app, asked, Now)).OrderId;
        string? token = null;
        if (channel is "apple" or "alipay" or "wechat" or "wechat-virtual")
        {
            var ready = Assert.IsType<InitiationResult.Ready>(await world.Desk.StartAsync(_app, (await world.Orders.FindAsync(id, Now))!.Order, Now));
            if (channel == "wechat-virtual")
            {
                stores.Virtual.Open(ready.Pay);
            }
            token = channel == "apple" ? ready.Pay.GetProperty("appAccountToken").GetString() : null;
        }
        return Made(id, token);
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
        for (var i = _random.Next(2); i > 0; i--)
        {
            At(Soon(LastMs), () => RecheckAsync(order));
        }
        if (OneIn(5))
        {
            At(Soon(LastMs), () => world.Actions.CloseAsync(_app, order.Id, by, Now));
        }
        if (order.Channel is "alipay" or "wechat" or "google")
        {
            // Money given back through the store, all that is left or so much, several at once; and a person who asks again. Google gives back all of a purchase only.
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
            // can be paid, and is asked about, after the order has expired too; the shop is asked when a game or a person wants it.
            var (isFirst, isRight, at) = (i == 0, !OneIn(7), Soon(100 * Minute));
            var isAsked = order.Channel is "wechat-virtual" or "shop" || (order.Channel is "alipay" or "wechat" && at < _startMs + (50 * Minute));
            var isLost = payments == 1 && isRight && isAsked && OneIn(4);
            At(at, (order.Channel ?? Any("google", "apple", "alipay", Any(Recipes))) switch
            {
                "google" => () => PayAtGoogleAsync(order, isRight),
                "apple" => () => PayAtAppleAsync(order, isRight),
                "alipay" => () => PayAtAlipayAsync(order, isFirst, isRight, isLost),
                "wechat" => () => PayAtWeChatAsync(order, isFirst, isRight, isLost),
                "wechat-virtual" => () => isFirst ? PayAtVirtualAsync(order, isRight, isLost) : Task.CompletedTask,
                var recipe => () => PayByRecipeAsync(order, recipe, isFirst, isRight, isLost),
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
        foreach (var stores in new[] { world.Main, world.Other })
        {
            stores.SetFaults(isDown, Any(PlatformFault.Down, PlatformFault.Lost), isRefundSlow: OneIn(3));
        }
        world.Shop.Fault = isDown ? PlatformFault.Down : PlatformFault.None;
        return Task.CompletedTask;
    }

    /// <summary>A person, or the game, has the order's store asked.</summary>
    private async Task RecheckAsync(TrueOrder order) =>
        await world.Recovery.RecheckAsync(_app, (await world.Orders.FindAsync(order.Id, Now))!.Order, "simulation", "a player asks", Now);

    private async Task HandOverAsync(TrueOrder order) => order.Handed += await world.Delivery.RecordAsync(_app, order.Id, Now) == FulfilmentOutcome.Recorded ? 1 : 0;

    /// <summary>A notification comes now or later, once or several times, or not before the calm; and repeats in the calm in any case, unless it is lost for ever.</summary>
    private void Tell(string channel, Func<(string Body, IEnumerable<(string, string)> Headers)> make, bool isLost = false, PaymentStores? stores = null) => Tell(
        channel,
        () =>
        {
            var (body, headers) = make();
            return (body, headers, "");
        },
        isLost, stores);

    private void Tell(string channel, Func<(string Body, IEnumerable<(string, string)> Headers, string Query)> make, bool isLost, PaymentStores? stores)
    {
        if (isLost)
        {
            return;
        }
        async Task TellAsync(App app)
        {
            var (body, headers, query) = make();
            var reception = await world.TellAsync(channel, app, body, headers, query);
            if (reception == NotificationReception.Refused && (app == _app || stores != world.Other))
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

    /// <summary>The order that it is made for; null: none.</summary>
    private TruePurchase Book(TrueOrder? order, string channel, string transactionId, bool isRight, Money? money = null)
    {
        var purchase = new TruePurchase { Channel = channel, TransactionId = transactionId, Money = money ?? order?.Money ?? Price, IsRight = isRight };
        if (order is not null)
        {
            purchase.Orders.Add(order.Id);
        }
        _purchases.Add(purchase);
        return purchase;
    }

    private void At(long atMs, Func<Task> act) => _acts.Enqueue(act, (atMs, _sequence++));

    /// <summary>Some time from now, or from the beginning while it is planned.</summary>
    private long Soon(long withinMs) => world.NowMs + 1 + _random.NextInt64(withinMs);

    private bool OneIn(int times) => _random.Next(times) == 0;

    private T Any<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>Nothing goes back, all of it, a part, or all of it in parts.</summary>
    private decimal[] Parts(decimal total) => _random.Next(6) switch
    {
        0 => [total],
        1 => [0.1m],
        2 => [total / 2],
        3 => [0.1m, 0.2m, total - 0.3m],
        _ => [],
    };

    private static string Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}"));

    private string Number(string prefix) => prefix + _random.NextInt64(1_000_000_000_000, 9_999_999_999_999) + _startMs;
}
