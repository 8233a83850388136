using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>A callback that is leased to this node, with the order that it tells of.</summary>
public sealed record Delivery(Callback Callback, OrderRow Row, long LeaseUntilMs)
{
    /// <summary>Whether a call that may take as long as its time-out would end within the lease, by any node's clock. A node that stood still for too long (a
    /// pause, a sleeping machine) must not begin a call that another one may be making.</summary>
    public bool MayBeSent(long timeoutMs, long nowMs) => nowMs + timeoutMs + NodeLease.ClockSkewMs <= LeaseUntilMs;

    /// <summary>Whether what it tells still held when it was leased.</summary>
    public bool Holds => StillHolds(Callback, Row.Order);

    /// <summary>Whether a callback may tell what it tells. "Paid" has the game hand over the goods: not of an order that was refunded or is held.</summary>
    public static bool StillHolds(Callback callback, Order order) => callback.Event != CallbackEvents.Paid || order.State is { Pay: PayState.Paid, Progress: not Progress.Review };
}

/// <summary>How an attempt ended, as the receiver's protocol judges it.</summary>
/// <param name="Acknowledgement">Whether the game has the goods.</param>
/// <param name="HttpStatus">Null: no answer came.</param>
/// <param name="Response">The first 4 KiB of the answer.</param>
/// <param name="DurationMs">From the start of the call to the end of the answer.</param>
/// <param name="RetryAfterMs">How long the receiver asks to wait; only of receivers that speak Standard Webhooks.</param>
/// <param name="IsGone">The receiver says 410; only of receivers that speak Standard Webhooks.</param>
public sealed record AttemptOutcome(Acknowledgement Acknowledgement, int? HttpStatus, string? Response, long DurationMs, long? RetryAfterMs, bool IsGone);

/// <summary>What an attempt's outcome did to its callback.</summary>
public enum Recorded
{
    Delivered,
    Rescheduled,
    Exhausted,

    /// <summary>It failed, and the order was refunded or held meanwhile: it is not sent again.</summary>
    Cancelled,

    /// <summary>The lease had run out and another owner goes on; nothing was changed.</summary>
    LeaseLost,
}

/// <summary>The units of work of a callback's life. Each is one commit: claim with the start of the attempt; outcome with the next due time and the order's
/// state; the recovery of what a dead node left. All of them are fenced by the lease.</summary>
internal static class Deliveries
{
    private const string UnknownError = "outcome unknown: the node that called stopped, died or lost the database; sent again under the same id";
    private const string NoLongerError = "not sent: the order was refunded, or is held for review";
    private const string NotSentError = "not sent: the node stopped, or could not call before its lease was nearly over";

    /// <summary>Leases what is due at an endpoint, oldest first.</summary>
    /// <returns>What was leased, and when the next one is due (null: none waits).</returns>
    public static async ValueTask<(List<Delivery> Leased, long? NextDueMs)> ClaimDueAsync(Transaction transaction, string endpoint, int most, NodeLease lease, long nowMs)
    {
        var claimed = await CallbackTable.ClaimDueAsync(transaction, endpoint, most, lease, nowMs);

        // All of them are asked for before one is awaited, so that an engine may read them together.
        var rows = claimed.ConvertAll(callback => OrderTable.FindAsync(transaction, callback.Id.OrderId));
        var nextDueMs = CallbackTable.NextDueAsync(transaction, endpoint);
        var leased = new List<Delivery>(claimed.Count);
        for (var i = 0; i < claimed.Count; i++)
        {
            var row = (await rows[i])!;
            leased.Add(new Delivery(claimed[i], row, lease.UntilMs));
        }
        return (leased, await nextDueMs);
    }

    /// <summary>Leases one waiting callback, due or not.</summary>
    /// <returns>Null: it is no longer as it was read.</returns>
    public static async ValueTask<Delivery?> ClaimAsync(Transaction transaction, Callback callback, NodeLease lease, long nowMs)
    {
        if (await CallbackTable.ClaimAsync(transaction, callback, lease, nowMs) is not { } claimed)
        {
            return null;
        }
        var row = (await OrderTable.FindAsync(transaction, callback.Id.OrderId))!;
        return new Delivery(claimed, row, lease.UntilMs);
    }

    /// <summary>Records an attempt's outcome: 1. the callback moves, if this lease still holds; 2. the attempt is kept; 3. the order follows.</summary>
    public static async ValueTask<(Recorded Recorded, long? DueMs)> RecordAsync(
        Transaction transaction, Callback callback, long startedMs, AttemptOutcome outcome, bool acknowledgementDelivers, bool isExtra, long nowMs)
    {
        var (status, step, dueMs) = Next(callback, startedMs, outcome, isExtra, nowMs);
        if (!outcome.Acknowledgement.IsAccepted && await OrderTable.FindAsync(transaction, callback.Id.OrderId) is { Order: var order } && !Delivery.StillHolds(callback, order))
        {
            status = CallbackStatus.Cancelled;
        }
        var isHeld = status switch
        {
            CallbackStatus.Pending => await CallbackTable.RescheduleAsync(transaction, callback, step, dueMs),
            CallbackStatus.Delivered => await CallbackTable.DeliverAsync(transaction, callback, AttemptOf(callback, startedMs, outcome), nowMs),
            _ => await CallbackTable.FinishAsync(transaction, callback, status, nowMs),
        };
        if (!isHeld)
        {
            return (Recorded.LeaseLost, null);
        }
        switch (status)
        {
            case CallbackStatus.Delivered:
                if (acknowledgementDelivers && callback.Event == CallbackEvents.Paid)
                {
                    await OrderTable.FollowDeliveredAsync(transaction, callback.GameId, callback.Id.OrderId, nowMs);
                }
                return (Recorded.Delivered, null);
            case CallbackStatus.Exhausted:
                await EndAttemptAsync(transaction, callback, startedMs, outcome);
                if (callback.Event == CallbackEvents.Paid)
                {
                    await OrderTable.FollowFailedAsync(transaction, callback.GameId, callback.Id.OrderId, "the callback is exhausted", nowMs);
                }
                return (Recorded.Exhausted, null);
            case CallbackStatus.Cancelled:
                await EndAttemptAsync(transaction, callback, startedMs, outcome);
                return (Recorded.Cancelled, null);
            default:
                await EndAttemptAsync(transaction, callback, startedMs, outcome);
                return (Recorded.Rescheduled, dueMs);
        }
    }

    /// <summary>Keeps an attempt that did not deliver.</summary>
    public static ValueTask<int> EndAttemptAsync(Transaction transaction, Callback callback, long startedMs, AttemptOutcome outcome) =>
        CallbackTable.InsertAttemptAsync(transaction, callback.Id, AttemptOf(callback, startedMs, outcome));

    /// <summary>Ends a callback, leased and not sent, that no longer holds.</summary>
    public static async ValueTask<bool> CancelAsync(Transaction transaction, Callback callback, long nowMs)
    {
        var isHeld = await CallbackTable.FinishAsync(transaction, callback, CallbackStatus.Cancelled, nowMs);
        if (isHeld)
        {
            await CallbackTable.InsertAttemptAsync(transaction, callback.Id, new Attempt(callback.Attempts, callback.StartedMs!.Value, 0, null, null, NoLongerError));
        }
        return isHeld;
    }

    /// <summary>Puts a callback back that this node leased and did not send.</summary>
    public static ValueTask<bool> PutBackAsync(Transaction transaction, Callback callback, long nowMs) =>
        CallbackTable.AbandonAsync(transaction, callback, NotSentError, nowMs);

    /// <summary>Puts a callback back whose call was cut off: its outcome is unknown.</summary>
    public static ValueTask<bool> GiveUpAsync(Transaction transaction, Callback callback, long nowMs) =>
        CallbackTable.AbandonAsync(transaction, callback, UnknownError, nowMs);

    /// <summary>Puts back what dead nodes left: due at once, at the same step, under the same id.</summary>
    /// <returns>The endpoints that have work again, and how many leases had lapsed.</returns>
    public static async ValueTask<(List<(string Endpoint, long GameId)> Endpoints, int Count)> RecoverAsync(Transaction transaction, int most, long nowMs)
    {
        var endpoints = new List<(string, long)>();
        var lapsed = await CallbackTable.LapsedAsync(transaction, nowMs, most);
        var abandoning = lapsed.ConvertAll(callback => CallbackTable.AbandonAsync(transaction, callback, UnknownError, nowMs));
        foreach (var (callback, abandoned) in lapsed.Zip(abandoning))
        {
            if (await abandoned)
            {
                endpoints.Add((callback.Endpoint, callback.GameId));
            }
        }
        return (endpoints, lapsed.Count);
    }

    private static Attempt AttemptOf(Callback callback, long startedMs, AttemptOutcome outcome) =>
        new(callback.Attempts, startedMs, outcome.DurationMs, outcome.HttpStatus, outcome.Response, outcome.Acknowledgement.IsAccepted ? null : outcome.Acknowledgement.Detail);

    /// <summary>Where a callback stands after an attempt. The waits are literal: each counts from the start of the attempt before.</summary>
    private static (CallbackStatus Status, int Step, long DueMs) Next(Callback callback, long startedMs, AttemptOutcome outcome, bool isExtra, long nowMs)
    {
        // A call that the schedule did not ask for spends nothing of it, but the first wait.
        var next = isExtra ? Math.Max(callback.Step, 1) : callback.Step + 1;
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
