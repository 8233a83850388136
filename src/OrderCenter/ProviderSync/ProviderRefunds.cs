using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refunds;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Gives money back through the store that took it. A refund is written under its own number before the store is called. Where the
/// answer is not known, the store is asked again by that number, with growing waits, until it says; so nothing is given back twice, and
/// nothing that was given back is lost.</summary>
public sealed partial class ProviderRefunds(
    Database database, OrderQueries orders, RefundRecorder refunds, AppCatalog apps, ChannelRegistry channels, OrderMetrics metrics,
    TimeProvider clock, ILogger<ProviderRefunds> log)
{
    private const int ClaimMax = 64;
    private const int ConcurrencyMax = 8;

    /// <summary>Longer than two calls of a store, each with those before it.</summary>
    private const long LeaseMs = 5 * 60 * 1000;

    private const long RetryMinMs = 60 * 1000;
    private const long RetryMaxMs = 6 * 60 * 60 * 1000;

    /// <summary>For so long nobody need look at a refund whose end is not known.</summary>
    private const long AlarmMs = 24 * 60 * 60 * 1000;

    /// <summary>Writes the refund, and asks the store for it at once.</summary>
    /// <param name="app">The app that the order must belong to.</param>
    /// <param name="id">The order.</param>
    /// <param name="money">How much; null: all that is left.</param>
    /// <param name="by">Who wants it, and why.</param>
    /// <param name="cancellationToken">Ends the wait, as long as the refund is not written.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<ProviderRefundOutcome> RefundAsync(
        App app, OrderId id, Money? money, AuditContext by, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, cancellationToken) is not { } row || row.Order.GameId != app.GameId)
        {
            return new ProviderRefundOutcome.NotFound();
        }
        if (row.Order.State.Pay == PayState.Refunded && money is null)
        {
            return new ProviderRefundOutcome.Done();
        }
        if (row.Payment is not { } payment)
        {
            return new ProviderRefundOutcome.NotAllowed("the order was not paid; close it instead");
        }
        if (FindRefunder(app, payment.Channel) is not { } refunder)
        {
            return new ProviderRefundOutcome.NotAllowed(
                $"channel {payment.Channel} is not configured, or cannot give money back; "
                + "leave out atStore to record a refund that was made elsewhere");
        }
        switch (await refunds.AskAsync(app, id, money, refunder.IsWholeOnly, by, cancellationToken))
        {
            case RefundAsk.Unchanged:
                return new ProviderRefundOutcome.Done();
            case RefundAsk.NotAllowed refused:
                return new ProviderRefundOutcome.NotAllowed(refused.Reason);
            case RefundAsk.Asked(var asked, var refund, var isRepeat):
                // From here on the store may refund: the result is recorded whether the caller still waits or not.
                return await AskStoreAsync(app, refunder, asked, refund, isRepeat, CancellationToken.None);
            default:
                return new ProviderRefundOutcome.NotFound();
        }
    }

    /// <summary>Asks the stores about the refunds that are due, a bounded number.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var due = await database.UpkeepAsync(
            transaction => RefundTable.ClaimAsync(transaction, nowMs, database.Leases.NowMs + LeaseMs, database.Leases.OverMs, ClaimMax),
            cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                due, new ParallelOptions { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = cancellationToken },
                async (refund, cancel) => await AskAgainAsync(refund, cancel));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: the next node, or the next start, asks at once.
            await Task.WhenAll(due.Select(
                refund => database.WriteAsync(transaction => RefundTable.ReleaseAsync(transaction, refund), CancellationToken.None)));
            throw;
        }
        return due.Count == ClaimMax;
    }

    private IRefunder? FindRefunder(App app, string channel) =>
        app.Channels.ContainsKey(channel) ? channels.Find(channel)?.Refunder : null;

    private async Task AskAgainAsync(Refund refund, CancellationToken cancellationToken)
    {
        if (apps.Find(refund.GameId) is not { } app || FindRefunder(app, refund.Channel) is not { } refunder
            || refund.OrderId is not { } id || await orders.FindAsync(id, cancellationToken) is not { } row)
        {
            await EndAsync(refund, RefundState.Unknown, $"channel {refund.Channel} is not configured any more");
            return;
        }
        if (await AskStoreAsync(app, refunder, row, refund, isRepeat: true, cancellationToken) is ProviderRefundOutcome.TryLater later
            && clock.NowMs() - refund.SeenMs >= AlarmMs)
        {
            metrics.Count("refundOverdue");
            LogAlarm(log, id, refund.Number, refund.Channel, later.Reason);
        }
    }

    /// <summary>1. One that was asked for before is looked up first. 2. What the store does not have is asked for, unless all of the money
    /// went back meanwhile. 3. The answer is recorded.</summary>
    private async Task<ProviderRefundOutcome> AskStoreAsync(
        App app, IRefunder refunder, OrderRow row, Refund refund, bool isRepeat, CancellationToken cancellationToken)
    {
        var request = new RefundRequest(row.Order, row.Payment!, refund.Number, refund.Money, refund.Reason!);
        RefundResult result = new RefundResult.NotThere();
        try
        {
            if (isRepeat)
            {
                result = await refunder.QueryRefundAsync(app, request, cancellationToken);
            }
            if (result is RefundResult.NotThere)
            {
                result = row.Order.State.Pay == PayState.Refunded
                    ? new RefundResult.Refused("the store does not have it, and all of the money went back another way") { IsClosed = true }
                    : await refunder.RefundAsync(app, request, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whether the store has refunded is not known then, as after any other fault.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LogBug(log, row.Order.Id, refund.Number, bug);
            result = new RefundResult.TryLater("a fault of ours: " + bug.Message);
        }
        switch (result)
        {
            case RefundResult.Done done:
                await refunds.FinishAsync(app, row, refund, done);
                return new ProviderRefundOutcome.Done();
            case RefundResult.Pending pending:
                await EndAsync(refund, RefundState.Asked, pending.Reason);
                return new ProviderRefundOutcome.Pending();
            case RefundResult.Refused refused:
                await EndAsync(refund, refused.IsClosed ? RefundState.Closed : RefundState.Failed, refused.Reason);
                LogRefused(log, row.Order.Id, refund.Number, refund.Channel, refused.Reason);
                return new ProviderRefundOutcome.NotAllowed(refused.Reason);
            case RefundResult.TryLater later:
                await EndAsync(refund, RefundState.Unknown, later.Reason);
                LogUnknown(log, row.Order.Id, refund.Number, refund.Channel, later.Reason);
                return new ProviderRefundOutcome.TryLater(later.Reason);
            case var other:
                throw new InvalidOperationException($"unknown result {other}");
        }
    }

    /// <summary>What happened is recorded though the service stops. Nothing changed: another node has asked meanwhile.</summary>
    private Task<bool> EndAsync(Refund refund, RefundState state, string? outcome)
    {
        var isOpen = state is RefundState.Asked or RefundState.Unknown;
        long? dueMs = isOpen ? clock.NowMs() + Math.Min(RetryMinMs << Math.Min(refund.Attempts, 12), RetryMaxMs) : null;
        return database.WriteAsync(
            transaction => RefundTable.EndAsync(transaction, refund, state, outcome, dueMs), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId}: {Channel} refused refund {Number}: {Reason}")]
    private static partial void LogRefused(ILogger logger, OrderId orderId, string number, string channel, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "order {OrderId}: whether {Channel} gave refund {Number} is not known, and asked again: {Reason}")]
    private static partial void LogUnknown(ILogger logger, OrderId orderId, string number, string channel, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "ALARM: order {OrderId}: for more than a day {Channel} has not said whether it gave refund {Number}: {Reason}")]
    private static partial void LogAlarm(ILogger logger, OrderId orderId, string number, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "order {OrderId}: refund {Number} failed by a fault of this service")]
    private static partial void LogBug(ILogger logger, OrderId orderId, string number, Exception bug);
}
