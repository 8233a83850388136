using OrderCenter.Apps;
using OrderCenter.Callbacks.Synchronous;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>This node's leases of callbacks: how long they are, whether a leased callback may still be sent, and how a lease ends without a
/// request.</summary>
internal sealed partial class CallbackLeaseService(
    Database database, AppCatalog apps, DispatcherState state, ILogger<CallbackLeaseService> log)
{
    public const string InvalidReason = "the order was refunded, or is held for review";

    /// <summary>A lease lasts the request's time-out and this margin (protocols.md, "Callbacks, in every protocol").</summary>
    public const long MarginMs = 8_000;

    private readonly string _node = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";

    /// <summary>Whether this node knows the time well enough to lease callbacks and to send those that it has
    /// leased.</summary>
    public bool IsClockSynchronized => database.Leases.IsClockSynchronized;

    public NodeLease NewLease(App app) => new(_node, database.Leases.NowMs + TimeoutMs(app) + MarginMs);

    /// <summary>Decides whether a leased callback may be sent now. If it may not, its lease is ended: the callback is held (its app is
    /// disabled or has no secret), cancelled (its order was refunded or is under review) or put back (too little of the lease is
    /// left).</summary>
    public async ValueTask<SendPermission> AuthorizeOrEndLeaseAsync(LeasedCallback leased)
    {
        var callback = leased.Callback;
        if (apps.Find(callback.GameId) is not { Disabled: false } app || app.SigningSecret(state.WallMs) is not { } secret)
        {
            await HoldAsync(callback);
            return SendPermission.Refused("the app is closed");
        }
        if (!leased.IsValid)
        {
            await database.RecordAsync(
                transaction => CallbackTransactions.CancelAsync(transaction, callback, state.WallMs), CancellationToken.None);
            LogCancelled(log, callback.Id);
            return SendPermission.Refused(InvalidReason);
        }
        if (!IsClockSynchronized || !leased.FitsLease(TimeoutMs(app), database.Leases.NowMs))
        {
            await PutBackAsync(callback);
            return SendPermission.Refused(SynchronousCallbackCoordinator.InProgressReason);
        }
        return new SendPermission(app, secret, null);
    }

    /// <summary>Records an attempt and begins the next one under the same lease, in one commit, which also reads the order again.</summary>
    /// <returns>Null: the lease was lost.</returns>
    public Task<LeasedCallback?> NextAttemptAsync(LeasedCallback leased, App app, long startedMs, AttemptOutcome outcome) =>
        database.RecordAsync(
            async transaction =>
            {
                var lease = NewLease(app);
                if (await CallbackLeaseTable.AgainUnderLeaseAsync(
                    transaction, leased.Callback, lease.UntilMs, state.WallMs) is not { } next)
                {
                    return null;
                }
                await CallbackTransactions.InsertAttemptAsync(transaction, leased.Callback, startedMs, outcome);
                return new LeasedCallback(next, (await OrderTable.FindAsync(transaction, next.Id.OrderId))!, lease.UntilMs);
            },
            CancellationToken.None);

    /// <summary>Ends the lease of a callback that was not sent; it stays due.</summary>
    public async Task PutBackAsync(Callback callback)
    {
        await database.RecordAsync(
            transaction => CallbackTransactions.PutBackAsync(transaction, callback, state.WallMs), CancellationToken.None);
        state.EndpointOf(callback.Endpoint, callback.GameId).NoteDue(state.WallMs);
    }

    /// <summary>Ends the lease of a callback whose request was cut off by a stop: its outcome is unknown, and it is sent again.</summary>
    public Task AbandonCallAsync(Callback callback) =>
        database.RecordAsync(
            transaction => CallbackTransactions.AbandonCallAsync(transaction, callback, state.WallMs), CancellationToken.None);

    private static long TimeoutMs(App app) => app.Callback.TimeoutSeconds * 1000L;

    /// <summary>The app is disabled or has no secret: its callbacks are kept until it is enabled again.</summary>
    private async Task HoldAsync(Callback callback)
    {
        var attempt = new Attempt(callback.Attempts, state.WallMs, 0, null, null, "not sent: the app is disabled or has no secret");
        await database.RecordAsync(
            async transaction => await CallbackLeaseTable.HoldAsync(transaction, callback)
                && await CallbackAttemptTable.InsertAsync(transaction, callback.Id, attempt) > 0,
            CancellationToken.None);
        LogHeld(log, callback.Id);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "callback {CallbackId} is held: its app is disabled or has no secret")]
    private static partial void LogHeld(ILogger logger, CallbackId callbackId);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "callback {CallbackId} is cancelled: its order was refunded, or is held for review")]
    private static partial void LogCancelled(ILogger logger, CallbackId callbackId);
}
