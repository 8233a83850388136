using System.Data.Common;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>Records the outcome of an attempt, whatever happens meanwhile: a stop, a database that is busy, a
/// bug.</summary>
internal sealed partial class AttemptRecorder(
    Database database, AppCatalog apps, CallbackProtocols protocols, Func<OrderEventOutbox> events, DispatcherState state,
    CallbackMetrics metrics, TimeProvider clock, ILogger<AttemptRecorder> log)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Records an outcome. A fault of the database is retried for as long as the lease may last.</summary>
    /// <param name="app">The callback's app.</param>
    /// <param name="callback">As it was leased.</param>
    /// <param name="startedMs">When the attempt began.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="isOutsideSchedule">The attempt was not one of the schedule.</param>
    public async Task<AttemptEffect> RecordAsync(App app, Callback callback, long startedMs, AttemptOutcome outcome, bool isOutsideSchedule)
    {
        var fulfilsOrder = protocols.Of(app, callback.Event).AcknowledgementFulfilsOrder;
        Func<Transaction, ValueTask>? tell = app.EventsUrl is null
            ? null
            : transaction => TellDeliveredAsync(transaction, app, callback.Id.OrderId);
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                var (effect, dueMs) = await database.RecordAsync(
                    transaction => CallbackTransactions.RecordAsync(
                        transaction, callback, startedMs, outcome, fulfilsOrder, isOutsideSchedule, state.WallMs, tell),
                    CancellationToken.None);
                if (dueMs is { } ms)
                {
                    state.NoteDue(callback.Endpoint, callback.GameId, ms);
                }
                metrics.CountAttempt(effect, outcome.DurationMs);
                if (effect == AttemptEffect.Exhausted)
                {
                    LogExhausted(log, callback.Id, callback.Attempts);
                }
                LogAttempt(
                    log, callback.Id, callback.Attempts, effect, outcome.HttpStatus, outcome.DurationMs,
                    outcome.Acknowledgement.Detail ?? "");
                return effect;
            }
            catch (Exception fault) when (fault is DatabaseBusyException or DbException
                && clock.GetElapsedTime(since).TotalMilliseconds < CallbackLeaseService.MarginMs)
            {
                LogRetry(log, fault, callback.Id);
                await Task.Delay(RetryDelay, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Records an attempt after an exception: as accepted if the game had accepted, else as failed, so that it uses up an entry of
    /// the schedule like any other. If the database is the cause, nothing is recorded: the lease expires and the callback is sent
    /// again.</summary>
    public async Task RecordAfterFaultAsync(Callback callback, Exception fault, bool isAccepted)
    {
        LogFault(log, fault, callback.Id);
        if (fault is DatabaseBusyException or DatabaseUnavailableException or DbException || apps.Find(callback.GameId) is not { } app)
        {
            return;
        }
        var acknowledgement = isAccepted
            ? Acknowledgement.Accepted : Acknowledgement.Refused("it could not be handled here: the log has the fault");
        try
        {
            var outcome = new AttemptOutcome(acknowledgement, null, null, 0, null, IsGone: false);
            await RecordAsync(app, callback, callback.StartedMs!.Value, outcome, isOutsideSchedule: false);
        }
#pragma warning disable CA1031 // A bug with one callback must not stop the others.
        catch (Exception again)
#pragma warning restore CA1031
        {
            LogFault(log, again, callback.Id);
        }
    }

    private async ValueTask TellDeliveredAsync(Transaction transaction, App app, OrderId id)
    {
        var row = (await OrderTable.FindAsync(transaction, id))!;
        await events().QueueAsync(transaction, app, row.Order, row.Payment, ChangeEvent.Delivered, back: null, state.WallMs);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "callback {CallbackId} attempt {Attempt}: {Effect}, HTTP {HttpStatus}, {DurationMs} ms {Detail}")]
    private static partial void LogAttempt(
        ILogger logger, CallbackId callbackId, int attempt, AttemptEffect effect, int? httpStatus, long durationMs, string? detail);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "callback {CallbackId} is exhausted after attempt {Attempt}: redeliver it when the endpoint works again")]
    private static partial void LogExhausted(ILogger logger, CallbackId callbackId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the outcome of callback {CallbackId} could not be recorded; trying again")]
    private static partial void LogRetry(ILogger logger, Exception fault, CallbackId callbackId);

    [LoggerMessage(Level = LogLevel.Error, Message = "callback {CallbackId} failed by a fault of this service")]
    private static partial void LogFault(ILogger logger, Exception fault, CallbackId callbackId);
}
