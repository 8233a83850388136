using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of an inquiry by hand.</summary>
/// <param name="Outcome">Null: there is nobody to ask.</param>
/// <param name="Words">For the operator.</param>
public sealed record RecheckOutcome(SettleOutcome? Outcome, string Words);

/// <summary>Makeup (补单): stores are asked about orders whose payment nobody told us of, and receipts that could not be judged are judged again. Every
/// inquiry is a row with its next time, so that it outlives this process; a bounded number is made at a time.</summary>
public sealed partial class Makeup(
    Store.Store store, Vault vault, OrderBook orders, AppCatalog apps, IEnumerable<IAsked> asked, IEnumerable<IPayStarter> starters, TimeProvider clock, ILogger<Makeup> log)
{
    /// <summary>The inquiry of an order without a receipt.</summary>
    internal const string OrderKey = "order";

    internal const long FirstWaitMs = 30_000;

    private const int StepMax = 50;
    private const int AtOnceMax = 4;
    private const int ChecksMax = 10_000;
    private const int PurchasesMax = 9;
    private const long QuietMs = 5_000;
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    /// <summary>Longer than any call to a store may take.</summary>
    private const long LeaseMs = Minute;

    /// <summary>From the beginning; an order is asked about once more when it expires.</summary>
    private static readonly long[] WaitsMs = [FirstWaitMs, 2 * Minute, 10 * Minute, Hour, 6 * Hour];

    /// <summary>What goes on after that while the store cannot be asked.</summary>
    private static readonly long[] LateWaitsMs = [12 * Hour, 24 * Hour, 48 * Hour, 72 * Hour];

    private readonly Dictionary<string, IAsked> _asked = asked.ToDictionary(channel => channel.Channel, StringComparer.Ordinal);
    private readonly Dictionary<string, IPayStarter> _starters = starters.ToDictionary(starter => starter.Channel, StringComparer.Ordinal);
    private readonly Dictionary<(OrderId, string), Check> _checks = [];
    private readonly Lock _gate = new();

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Makes the inquiries whose time has come.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var due = await store.ReadAsync(transaction => AskTable.DueAsync(transaction, NowMs, StepMax), cancellationToken);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken }, TryAskAsync);
        return due.Count == StepMax;
    }

    /// <summary>Asks now, by hand: every receipt that is kept, then the order's channel, by our own number or by the purchases that were seen for the order.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public async Task<RecheckOutcome> RecheckAsync(App app, Order order, string actor, CancellationToken cancellationToken)
    {
        LogRecheck(log, order.Id, actor);
        var asks = await store.ReadAsync(transaction => AskTable.OfOrderAsync(transaction, order.Id), cancellationToken);
        SettleOutcome? last = null;
        foreach (var ask in asks.Where(ask => ask.Sealed is not null))
        {
            last = await InquireAsync(app, order, ask, cancellationToken);
            await RecordAsync(order, ask, last);
            if (last is SettleOutcome.Paid or SettleOutcome.AlreadyPaid or SettleOutcome.Held)
            {
                return new RecheckOutcome(last, Words(last));
            }
        }
        var channel = order.Channel ?? asks.FirstOrDefault(ask => ask.Sealed is null)?.Channel;
        if (channel is null || !CanAsk(app, channel))
        {
            return new RecheckOutcome(
                last, last is not null ? Words(last) : $"nobody can be asked: {(channel is null ? "the order names no channel" : $"channel {channel} is not configured, or cannot be asked")}");
        }
        foreach (var purchase in await PurchasesAsync(order, channel, cancellationToken))
        {
            last = await AskAsync(app, order, channel, purchase, cancellationToken);
            if (last is SettleOutcome.Paid or SettleOutcome.AlreadyPaid or SettleOutcome.Held)
            {
                break;
            }
        }
        return new RecheckOutcome(last, last is not null ? Words(last) : $"nobody can be asked: {channel} knows no order of ours, and nobody has named a purchase");
    }

    /// <summary>By what a channel is asked for an order: null, our own number, where that is enough; else what paid it, or what was seen for it and paid nothing.
    /// </summary>
    private async Task<IReadOnlyList<string?>> PurchasesAsync(Order order, string channel, CancellationToken cancellationToken) =>
        _asked[channel].AsksByOrder ? [null]
        : await orders.DetailAsync(order.Id, cancellationToken) is not { } detail ? []
        : detail.Row.Payment is { } paid ? paid.Channel == channel ? [paid.TransactionId] : []
        : [.. detail.Unapplied.Where(seen => seen.Payment.Channel == channel).Select(seen => seen.Payment.TransactionId).Take(PurchasesMax)];

    /// <summary>Whether that channel can be asked for this app.</summary>
    public bool CanAsk(App app, string channel) => app.Channels.ContainsKey(channel) && _asked.ContainsKey(channel);

    /// <summary>Asks a store because a check wants to know (OrderCheck). However many check at once, and for some seconds after, it is one call.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="channel">A channel that <see cref="CanAsk"/>.</param>
    /// <param name="transaction">The store's number, as the checker says; believed only as far as the store confirms it.</param>
    /// <param name="cancellationToken">Ends the wait, not the call that others wait for too.</param>
    public Task<SettleOutcome> CheckAsync(App app, Order order, string channel, string transaction, CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        lock (_gate)
        {
            if (_checks.Count >= ChecksMax)
            {
                foreach (var old in _checks.Where(check => nowMs - check.Value.StartedMs >= QuietMs).Select(check => check.Key).ToList())
                {
                    _checks.Remove(old);
                }
            }
            var key = (order.Id, $"{channel}:{transaction}");
            if (!_checks.TryGetValue(key, out var running) || nowMs - running.StartedMs >= QuietMs)
            {
                if (_checks.Count >= ChecksMax)
                {
                    return Task.FromResult<SettleOutcome>(new SettleOutcome.TryLater("too many checks at once"));
                }
                running = new Check(AskAsync(app, order, channel, transaction, CancellationToken.None), nowMs);
                _checks[key] = running;
            }
            return running.Outcome.WaitAsync(cancellationToken);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One inquiry that fails must not keep the others from being made; the fault is logged, and it is made again when its lease runs out.")]
    private async ValueTask TryAskAsync(StoreAsk ask, CancellationToken cancellationToken)
    {
        try
        {
            // 1. Ours for a while; if we die meanwhile, it is asked again.
            var leaseUntilMs = NowMs + LeaseMs;
            if (!await store.WriteAsync(transaction => AskTable.LeaseAsync(transaction, ask, leaseUntilMs), cancellationToken))
            {
                return;
            }

            // 2. An order that is paid has nothing to ask.
            if (apps.Find(ask.GameId) is not { } app || await orders.FindAsync(ask.OrderId, cancellationToken) is not { Order: var order } || order.State.Pay != PayState.Unpaid)
            {
                await store.WriteAsync(transaction => AskTable.DeleteAsync(transaction, ask), cancellationToken);
                return;
            }

            // 3. The store's word, and when to ask again where it is not the last one.
            var outcome = await InquireAsync(app, order, ask, cancellationToken);
            if (outcome is SettleOutcome.Refused && ask.Sealed is null && NowMs >= order.ExpiresMs && _starters.TryGetValue(ask.Channel!, out var starter))
            {
                // Nobody shall pay an order that is closed here. A platform that cannot close it now closes it by itself: it was told the time.
                await starter.CloseAsync(app, order, cancellationToken);
            }
            await RecordAsync(order, ask, outcome);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogSkipped(log, ask.OrderId, fault);
        }
    }

    private async Task<SettleOutcome> InquireAsync(App app, Order order, StoreAsk ask, CancellationToken cancellationToken)
    {
        if (ask.Sealed is null)
        {
            return CanAsk(app, ask.Channel!) && _asked[ask.Channel!].AsksByOrder
                ? await AskAsync(app, order, ask.Channel!, transaction: null, cancellationToken)
                : new SettleOutcome.TryLater($"channel {ask.Channel} is not configured, or cannot be asked by our own number");
        }
        var kept = JsonSerializer.Deserialize(vault.Open(ask.Sealed, KeptReceipt.Place(order.Id)), KeptReceiptJson.Default.KeptReceipt)!;
        return Receipt.TryParse(Encoding.UTF8.GetBytes(kept.Receipt), out var receipt, out var fault)
            ? await orders.SettleAsync(app, order.Id, receipt, kept.LateKey, cancellationToken)
            : new SettleOutcome.Refused(fault);
    }

    private async Task<SettleOutcome> AskAsync(App app, Order order, string channel, string? transaction, CancellationToken cancellationToken)
    {
        var verdict = await _asked[channel].AskAsync(app, order, transaction, cancellationToken);
        var outcome = await orders.SettleAsync(app, order.Id, verdict, lateKey: null, CancellationToken.None);
        var words = Words(outcome);
        LogAsked(log, order.Id, channel, words);
        return outcome;
    }

    private Task RecordAsync(Order order, StoreAsk ask, SettleOutcome outcome)
    {
        var isKnown = outcome switch
        {
            SettleOutcome.TryLater => false,
            SettleOutcome.Refused => ask.Sealed is not null || NowMs >= order.ExpiresMs,
            _ => true,
        };
        return isKnown
            ? store.WriteAsync(transaction => AskTable.DeleteAsync(transaction, ask), CancellationToken.None)
            : store.WriteAsync(transaction => AskTable.PostponeAsync(transaction, ask, NextMs(order, ask), Words(outcome)), CancellationToken.None);
    }

    /// <summary>The next time of the schedule that is still to come; null: none, the rest is done by hand. An order is asked about until it expires, and
    /// after that only while its store cannot be asked.</summary>
    private long? NextMs(Order order, StoreAsk ask)
    {
        var nowMs = NowMs;
        var times = WaitsMs.Select(wait => ask.SinceMs + wait);
        times = ask.Sealed is null
            ? [.. times.Where(time => time < order.ExpiresMs), order.ExpiresMs, order.ExpiresMs + Hour, order.ExpiresMs + (24 * Hour)]
            : times.Concat(LateWaitsMs.Select(wait => ask.SinceMs + wait));
        return times.Where(time => time > nowMs).Order().Select(time => (long?)time).FirstOrDefault();
    }

    private static string Words(SettleOutcome outcome) => outcome switch
    {
        SettleOutcome.Paid => "paid",
        SettleOutcome.AlreadyPaid => "paid before",
        SettleOutcome.Held held => $"held for review: {held.Reason}",
        SettleOutcome.Refused refused => refused.Reason,
        SettleOutcome.TryLater later => $"not known yet: {later.Reason}",
        _ => "order not found",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId}: {Channel} was asked: {Outcome}")]
    private static partial void LogAsked(ILogger logger, OrderId orderId, string channel, string outcome);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} is checked again by {Actor}")]
    private static partial void LogRecheck(ILogger logger, OrderId orderId, string actor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId}: the inquiry at its store was skipped")]
    private static partial void LogSkipped(ILogger logger, OrderId orderId, Exception reason);

    private sealed record Check(Task<SettleOutcome> Outcome, long StartedMs);
}
