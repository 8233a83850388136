using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>The transactions of a callback's life: claim with the start of the attempt; outcome with the next due time and the order's
/// state; recovery of what a dead node left. Every update requires that the node still has the lease.</summary>
internal static class CallbackTransactions
{
    private const string UnknownError =
        "outcome unknown: the node that called stopped, died or lost the database; sent again under the same id";
    private const string InvalidError = "not sent: " + CallbackLeaseService.InvalidReason;
    private const string NotSentError = "not sent: the node stopped, or could not call before its lease was nearly over";

    /// <summary>Recording an outcome never takes this long: a larger difference proves that the wall clock was changed during the
    /// request.</summary>
    private const long ClockJumpMinMs = 60_000;

    /// <summary>Leases the callbacks that are due at an endpoint, oldest first.</summary>
    /// <returns>Those that were leased, and when the next one is due (null: none).</returns>
    public static async ValueTask<(List<LeasedCallback> Batch, long? NextDueMs)> ClaimDueAsync(
        Transaction transaction, string endpoint, int limit, NodeLease lease, long nowMs)
    {
        var claimed = await CallbackLeaseTable.ClaimDueAsync(transaction, endpoint, limit, lease, nowMs);

        // All reads begin before the first is awaited, so that they share a round trip.
        var rows = claimed.ConvertAll(callback => OrderTable.FindAsync(transaction, callback.Id.OrderId));
        var nextDueMs = CallbackLeaseTable.NextDueAsync(transaction, endpoint);
        var batch = new List<LeasedCallback>(claimed.Count);
        for (var i = 0; i < claimed.Count; i++)
        {
            batch.Add(new LeasedCallback(claimed[i], (await rows[i])!, lease.UntilMs));
        }
        return (batch, await nextDueMs);
    }

    /// <summary>Leases one waiting callback, due or not.</summary>
    /// <returns>Null: it has changed since it was read.</returns>
    public static async ValueTask<LeasedCallback?> ClaimAsync(Transaction transaction, Callback callback, NodeLease lease, long nowMs)
    {
        if (await CallbackLeaseTable.ClaimAsync(transaction, callback, lease, nowMs) is not { } claimed)
        {
            return null;
        }
        var row = (await OrderTable.FindAsync(transaction, callback.Id.OrderId))!;
        return new LeasedCallback(claimed, row, lease.UntilMs);
    }

    /// <summary>Records the outcome of an attempt: 1. the callback changes state, if the lease is still this node's;
    /// 2. the attempt is inserted; 3. the order changes state; 4. the attempt is noted for the statistics.</summary>
    public static async ValueTask<(AttemptEffect Effect, long? DueMs)> RecordAsync(
        Transaction transaction, Callback callback, long startedMs, AttemptOutcome outcome, bool acknowledgementFulfilsOrder,
        bool isOutsideSchedule, long nowMs, Func<Transaction, ValueTask>? tellDelivered = null)
    {
        // If the wall clock was changed during the request, the start of the attempt is computed from the new time.
        var correctedStartMs = nowMs - outcome.DurationMs;
        var (status, step, dueMs) = Next(
            callback, Math.Abs(correctedStartMs - startedMs) < ClockJumpMinMs ? startedMs : correctedStartMs, outcome,
            isOutsideSchedule, nowMs);
        if (!outcome.Acknowledgement.IsAccepted && await OrderTable.FindAsync(transaction, callback.Id.OrderId) is { Order: var order }
            && !LeasedCallback.IsStillValid(callback, order))
        {
            status = CallbackStatus.Cancelled;
        }
        var hasLease = status switch
        {
            CallbackStatus.Pending => await CallbackLeaseTable.RescheduleAsync(transaction, callback, step, dueMs),
            CallbackStatus.Delivered =>
                await CallbackLeaseTable.DeliverAsync(transaction, callback, AttemptOf(callback, startedMs, outcome), nowMs),
            _ => await CallbackLeaseTable.FinishAsync(transaction, callback, status, nowMs),
        };
        if (!hasLease)
        {
            return (AttemptEffect.LeaseLost, null);
        }
        var attempt = new CallbackFigure(startedMs, outcome.DurationMs, outcome.Acknowledgement.IsAccepted);
        if (status == CallbackStatus.Delivered)
        {
            if (!acknowledgementFulfilsOrder || callback.Event != CallbackEvents.Paid
                || !await OrderTable.FollowDeliveredAsync(transaction, callback.GameId, callback.Id.OrderId, attempt, nowMs))
            {
                ChangeTable.Note(transaction, callback.GameId, attempt);
            }
            else if (tellDelivered is not null)
            {
                await tellDelivered(transaction);
            }
            return (AttemptEffect.Delivered, null);
        }
        ChangeTable.Note(transaction, callback.GameId, attempt);
        await InsertAttemptAsync(transaction, callback, startedMs, outcome);
        if (status == CallbackStatus.Exhausted && callback.Event == CallbackEvents.Paid)
        {
            await OrderTable.FollowFailedAsync(transaction, callback.GameId, callback.Id.OrderId, "the callback is exhausted", nowMs);
        }
        return status switch
        {
            CallbackStatus.Exhausted => (AttemptEffect.Exhausted, null),
            CallbackStatus.Cancelled => (AttemptEffect.Cancelled, null),
            _ => (AttemptEffect.Rescheduled, dueMs),
        };
    }

    /// <summary>Inserts an attempt that did not deliver.</summary>
    public static ValueTask<int> InsertAttemptAsync(Transaction transaction, Callback callback, long startedMs, AttemptOutcome outcome) =>
        CallbackAttemptTable.InsertAsync(transaction, callback.Id, AttemptOf(callback, startedMs, outcome));

    /// <summary>Cancels a leased callback that was not sent because its order was refunded or is held for review.</summary>
    public static async ValueTask<bool> CancelAsync(Transaction transaction, Callback callback, long nowMs)
    {
        var hasLease = await CallbackLeaseTable.FinishAsync(transaction, callback, CallbackStatus.Cancelled, nowMs);
        if (hasLease)
        {
            var attempt = new Attempt(callback.Attempts, callback.StartedMs!.Value, 0, null, null, InvalidError);
            await CallbackAttemptTable.InsertAsync(transaction, callback.Id, attempt);
        }
        return hasLease;
    }

    /// <summary>Ends the lease of a callback that was not sent.</summary>
    public static ValueTask<bool> PutBackAsync(Transaction transaction, Callback callback, long nowMs) =>
        CallbackLeaseTable.AbandonAsync(transaction, callback, NotSentError, nowMs);

    /// <summary>Ends the lease of a callback whose request was cut off: its outcome is unknown.</summary>
    public static ValueTask<bool> AbandonCallAsync(Transaction transaction, Callback callback, long nowMs) =>
        CallbackLeaseTable.AbandonAsync(transaction, callback, UnknownError, nowMs);

    /// <summary>Ends expired leases of dead nodes: their callbacks are due at once, at the same step, under the same
    /// id.</summary>
    /// <returns>The endpoints where callbacks are due again, and how many leases had expired.</returns>
    public static async ValueTask<(List<(string Endpoint, long GameId)> Endpoints, int Count)> RecoverAsync(
        Transaction transaction, int limit, long expiredBeforeMs, long nowMs)
    {
        var endpoints = new List<(string, long)>();
        var expired = await CallbackLeaseTable.LapsedAsync(transaction, expiredBeforeMs, limit);
        var abandoning = expired.ConvertAll(callback => CallbackLeaseTable.AbandonAsync(transaction, callback, UnknownError, nowMs));
        foreach (var (callback, abandoned) in expired.Zip(abandoning))
        {
            if (await abandoned)
            {
                endpoints.Add((callback.Endpoint, callback.GameId));
            }
        }
        return (endpoints, expired.Count);
    }

    private static Attempt AttemptOf(Callback callback, long startedMs, AttemptOutcome outcome) => new(
        callback.Attempts, startedMs, outcome.DurationMs, outcome.HttpStatus, outcome.Response,
        outcome.Acknowledgement.IsAccepted ? null : outcome.Acknowledgement.Detail);

    /// <summary>The state of a callback after an attempt. Each wait counts from the start of the attempt
    /// before.</summary>
    private static (CallbackStatus Status, int Step, long DueMs) Next(
        Callback callback, long startedMs, AttemptOutcome outcome, bool isOutsideSchedule, long nowMs)
    {
        // An attempt outside the schedule does not advance it, except past its first entry.
        var next = isOutsideSchedule ? Math.Max(callback.Step, 1) : callback.Step + 1;
        if (outcome.Acknowledgement.IsAccepted)
        {
            return (CallbackStatus.Delivered, callback.Step, 0);
        }
        if (outcome.IsGone || next >= callback.WaitsMs.Count)
        {
            return (CallbackStatus.Exhausted, callback.Step, 0);
        }
        var dueMs = startedMs + callback.WaitsMs[next];
        return (CallbackStatus.Pending, next, outcome.RetryAfterMs is { } retryAfterMs ? Math.Max(dueMs, nowMs + retryAfterMs) : dueMs);
    }
}
