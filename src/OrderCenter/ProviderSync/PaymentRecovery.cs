using System.Diagnostics.CodeAnalysis;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Payment recovery (补单): stores are queried for orders whose payment was not reported, and receipts that could not be verified
/// are verified again. Every lookup is a row with its due time, so that it survives this process; a step runs a bounded number.</summary>
public sealed partial class PaymentRecovery(
    Database database, OrderQueries orders, AppCatalog apps, PaymentQueries queries, TimeProvider clock, ILogger<PaymentRecovery> log)
{
    private const int StepMax = 16;
    private const int ConcurrencyMax = 8;
    private const int PurchasesMax = 9;
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    /// <summary>Longer than <see cref="StepMax"/> lookups may take, <see cref="ConcurrencyMax"/> at once, with every
    /// call to a store.</summary>
    private const long LeaseMs = Minute;

    /// <summary>When a lookup that was not made, because its store was silent, is made at the latest.</summary>
    private const long SkippedMs = 5 * Minute;

    /// <summary>From the beginning; an order is looked up by them until it expires.</summary>
    private static readonly long[] WaitsMs = [PaymentLookup.FirstWaitMs, 2 * Minute, 10 * Minute, Hour, 6 * Hour];

    /// <summary>From the order's expiry, while its store has not ended the payment: until then a player may pay, and nobody may report
    /// it.</summary>
    private static readonly long[] ExpiredWaitsMs = [0, 10 * Minute, Hour, 6 * Hour, 24 * Hour];

    /// <summary>The waits of a receipt after <see cref="WaitsMs"/>, while the store cannot be queried.</summary>
    private static readonly long[] LateWaitsMs = [12 * Hour, 24 * Hour, 48 * Hour, 72 * Hour];

    private readonly SilentStores _silent = new(clock);

    private long NowMs => clock.NowMs();

    /// <summary>Runs the lookups that are due.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (nowMs, leaseUntilMs, overMs) = (NowMs, database.Leases.NowMs + LeaseMs, database.Leases.OverMs);
        var due = await database.UpkeepAsync(
            transaction => PaymentLookupTable.ClaimAsync(transaction, nowMs, leaseUntilMs, overMs, StepMax), cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(due, options, TryRunAsync);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: the next node, or the next start, runs the rest at once.
            await Task.WhenAll(due.Select(lookup => database.WriteAsync(
                transaction => PaymentLookupTable.ReleaseAsync(transaction, lookup), CancellationToken.None)));
            throw;
        }
        return due.Count == StepMax;
    }

    /// <summary>Runs all lookups of an order now: the receipts that are kept, then the order's channel, by our order id or by the purchases
    /// that were seen for the order.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<RecheckOutcome> RecheckAsync(
        App app, Order order, string actor, string? reason, CancellationToken cancellationToken)
    {
        LogRecheck(log, order.Id, actor);
        if (AuditScope.Caller is not null)
        {
            var nowMs = NowMs;
            await database.WriteAsync(
                transaction =>
                {
                    AuditTrail.Append(transaction, new AuditFact("order.recheck", order.GameId, order.Id.Value) { Reason = reason }, nowMs);
                    return ValueTask.FromResult(true);
                },
                cancellationToken);
        }
        var lookups = await database.ReadAsync(transaction => PaymentLookupTable.OfOrderAsync(transaction, order.Id), cancellationToken);
        PaymentOutcome? last = null;
        foreach (var lookup in lookups.Where(lookup => lookup.Sealed is not null))
        {
            last = await queries.RunAsync(app, order, lookup, cancellationToken);
            await RecordAsync(app, order, lookup, last, cancellationToken);
            if (IsFinal(last))
            {
                return new RecheckOutcome(last, PaymentQueries.Describe(last));
            }
        }
        var channel = order.Channel ?? lookups.FirstOrDefault(lookup => lookup.Sealed is null)?.Channel;
        if (channel is null || !queries.CanQuery(app, channel))
        {
            var cause = channel is null ? "the order names no channel" : $"channel {channel} is not configured, or cannot be asked";
            return new RecheckOutcome(last, last is not null ? PaymentQueries.Describe(last) : $"nobody can be asked: {cause}");
        }
        foreach (var purchase in await PurchasesAsync(order, channel, cancellationToken))
        {
            last = await queries.QueryAsync(app, order, channel, purchase, holdsContradictions: true, cancellationToken);
            if (IsFinal(last))
            {
                break;
            }
        }
        return new RecheckOutcome(last, last is not null
            ? PaymentQueries.Describe(last)
            : $"nobody can be asked: {channel} knows no order of ours, and nobody has named a purchase");
    }

    private static bool IsFinal(PaymentOutcome outcome) =>
        outcome is PaymentOutcome.Paid or PaymentOutcome.AlreadyPaid or PaymentOutcome.Held;

    /// <summary>What a channel is queried by: null, our order id, where that is enough; else what paid the order, or what was seen for it
    /// and paid nothing. </summary>
    private async Task<IReadOnlyList<string?>> PurchasesAsync(Order order, string channel, CancellationToken cancellationToken) =>
        queries.Find(channel)!.FindsByOrderId ? [null]
        : await orders.FindDetailAsync(order.Id, cancellationToken) is not { } detail ? []
        : detail.Row.Payment is { } paid ? paid.Channel == channel ? [paid.TransactionId] : []
        : [.. detail.Unapplied.Where(seen => seen.Payment.Channel == channel).Select(seen => seen.Payment.TransactionId).Take(
            PurchasesMax)];

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One lookup that fails must not keep the others from running; the fault is logged, and it runs again when its lease has run out.")]
    private async ValueTask TryRunAsync(PaymentLookup lookup, CancellationToken cancellationToken)
    {
        try
        {
            // 1. An order that is paid needs no lookup.
            if (apps.Find(lookup.GameId) is not { } app
                || await orders.FindAsync(lookup.OrderId, cancellationToken) is not { Order: var order }
                || order.State.Pay != PayState.Unpaid)
            {
                await database.WriteAsync(transaction => PaymentLookupTable.DeleteAsync(transaction, lookup), cancellationToken);
                return;
            }

            // 2. The store's answer, and when to query again where it is not the last one.
            if (_silent.IsSilent(lookup))
            {
                var skipped = new PaymentOutcome.TryLater("the store did not answer shortly before");
                await RecordAsync(app, order, lookup, skipped, cancellationToken, wasAsked: false);
                return;
            }
            var begun = clock.GetTimestamp();
            var outcome = await queries.RunAsync(app, order, lookup, cancellationToken);
            _silent.Note(lookup, begun, isAnswered: outcome is not PaymentOutcome.TryLater);
            await RecordAsync(app, order, lookup, outcome, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            LogSkipped(log, lookup.OrderId, fault);
        }
    }

    private async Task RecordAsync(
        App app, Order order, PaymentLookup lookup, PaymentOutcome outcome, CancellationToken cancellationToken, bool wasAsked = true)
    {
        if (await IsLastAsync(app, order, lookup, outcome, cancellationToken))
        {
            await database.WriteAsync(transaction => PaymentLookupTable.DeleteAsync(transaction, lookup), CancellationToken.None);
            return;
        }
        var nextMs = NextMs(order, lookup);
        var dueMs = wasAsked ? nextMs : Math.Min(nextMs ?? long.MaxValue, NowMs + SkippedMs);
        await database.WriteAsync(
            transaction => PaymentLookupTable.PostponeAsync(transaction, lookup, dueMs, PaymentQueries.Describe(outcome)),
            CancellationToken.None);
    }

    /// <summary>Whether nothing more is to be learnt. That an order is not paid is the last answer once the order has expired and its
    /// store has ended the payment, so that nobody can pay any more; or, where the store ends none, with the schedule.</summary>
    private async Task<bool> IsLastAsync(
        App app, Order order, PaymentLookup lookup, PaymentOutcome outcome, CancellationToken cancellationToken) => outcome switch
        {
            // Of a payment that did not begin here nobody knows whether there is one: after the schedule there is nothing to keep.
            PaymentOutcome.TryLater =>
                lookup.Sealed is null && NextMs(order, lookup) is null && !queries.BeginsHere(lookup.Channel!),
            PaymentOutcome.Refused { IsUnapplied: false } when lookup.Sealed is null =>
                NowMs >= order.ExpiresMs
                && (await queries.TryCloseAsync(app, order, lookup.Channel!, cancellationToken) || NextMs(order, lookup) is null),
            _ => true,
        };

    /// <summary>The next time of the schedule; null: none, an operator decides.</summary>
    private long? NextMs(Order order, PaymentLookup lookup)
    {
        var nowMs = NowMs;
        var times = WaitsMs.Select(wait => lookup.SinceMs + wait);
        times = lookup.Sealed is null
            ? times.Where(time => time < order.ExpiresMs).Concat(ExpiredWaitsMs.Select(wait => order.ExpiresMs + wait))
            : times.Concat(LateWaitsMs.Select(wait => lookup.SinceMs + wait));
        return times.Where(time => time > nowMs).Order().Select(time => (long?)time).FirstOrDefault();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId}: payment recheck by {Actor}")]
    private static partial void LogRecheck(ILogger logger, OrderId orderId, string actor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId}: payment lookup failed; it runs again when its lease has run out")]
    private static partial void LogSkipped(ILogger logger, OrderId orderId, Exception reason);
}
