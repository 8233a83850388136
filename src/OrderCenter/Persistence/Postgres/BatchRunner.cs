using Npgsql;
using OrderCenter.Persistence.Queueing;

namespace OrderCenter.Persistence.Postgres;

/// <summary>Runs batches of work items to their end, so that the failure of one fails no other, and says how each failed.</summary>
internal sealed partial class BatchRunner(WriteHealth health, TimeProvider clock, ILogger log)
{
    /// <summary>How often an item that runs alone is tried again after a deadlock or a serialization failure.</summary>
    private const int ConflictsMax = 3;

    /// <summary>How long a statement waits for a locked row after others have waited in vain, milliseconds.</summary>
    private const int ShortLockTimeoutMs = 200;

    /// <summary>For so long after a statement waited in vain.</summary>
    private static readonly TimeSpan ContentionMax = TimeSpan.FromSeconds(10);

    /// <summary>While rows stay locked, an item that has waited for so long is refused instead of being run alone: its caller is answered
    /// within 5 s.</summary>
    private static readonly TimeSpan ContendedWaitMax = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LogPeriod = TimeSpan.FromSeconds(1);

    private long _lossLoggedAt;

    /// <summary>When a statement last waited for a locked row in vain; 0: never. A node that stands still, or on Citus a server that
    /// crashed, keeps rows locked for seconds; what needs them must not keep waiting what does not.</summary>
    private long _contendedAt;

    private bool IsContended => Interlocked.Read(ref _contendedAt) is not 0 and var at && clock.GetElapsedTime(at) < ContentionMax;

    /// <summary>1. All together, in one transaction. 2. Those that undid something, each alone, and the others together again. 3. Where
    /// one failed, each alone, so that it fails alone. 4. Where the database is away, all fail.</summary>
    public void Run(PostgresSession session, List<WorkItem> batch)
    {
        while (batch.Count > 0)
        {
            switch (RunOnce(session, batch))
            {
                case BatchOutcome.Done:
                    return;
                case BatchOutcome.Lost lost:
                    if (IsTimeToLogLoss())
                    {
                        LogLost(log, lost.Reason, batch.Count);
                    }
                    var fault = LossFault(lost.Reason);
                    batch.ForEach(item => item.Fail(fault));
                    return;
                case BatchOutcome.RolledBack rolledBack:
                    batch = [.. batch.Except(rolledBack.Items)];
                    RunAlone(session, rolledBack.Items);
                    break;
                case BatchOutcome.Failed failed:
                    if (batch.Count > 1)
                    {
                        LogBatchFailed(log, failed.Reason, batch.Count);
                    }
                    RunAlone(session, batch);
                    return;
                case var outcome:
                    throw new InvalidOperationException($"unknown outcome {outcome}");
            }
        }
    }

    /// <summary>Called for a batch that runs again because an optimistic write failed.</summary>
    public void OnRetry(Exception reason, int count) => LogRetry(log, reason.Message, count);

    private void RunAlone(PostgresSession session, IEnumerable<WorkItem> items)
    {
        foreach (var item in items)
        {
            if (IsContended && clock.GetElapsedTime(item.AddedAt) > ContendedWaitMax)
            {
                item.Fail(new DatabaseBusyException("the database is busy: rows stay locked; try again", null));
                continue;
            }
            var outcome = RunOnce(session, [item]);
            for (var conflict = 0; conflict < ConflictsMax
                && outcome is BatchOutcome.Failed failure
                && IsConflict(failure.Reason); conflict++)
            {
                outcome = RunOnce(session, [item]);
            }
            if (outcome is BatchOutcome.Failed failed)
            {
                item.Fail(IsTransient(failed.Reason, session.IsWriter)
                    ? new DatabaseBusyException("the database is busy; try again", failed.Reason)
                    : failed.Reason);
            }
            else if (outcome is BatchOutcome.Lost lost)
            {
                item.Fail(LossFault(lost.Reason));
            }
        }
    }

    /// <summary>Runs items with the limit that holds now. Only a wait of the full limit says that rows stay locked: a short one would
    /// prolong its own cause.</summary>
    private BatchOutcome RunOnce(PostgresSession session, IReadOnlyList<WorkItem> items)
    {
        var isShort = IsContended && session.IsRequestWriter;
        var outcome = session.Run(items, isShort ? ShortLockTimeoutMs : session.LockTimeoutMs);
        if (!isShort && session.IsRequestWriter && outcome is BatchOutcome.Failed { Reason: var reason } && IsLockTimeout(reason))
        {
            Interlocked.Exchange(ref _contendedAt, clock.GetTimestamp());
        }
        return outcome;
    }

    /// <summary>On Citus a statement's time is limited instead of its wait for locks.</summary>
    private static bool IsLockTimeout(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable };

    private static bool IsConflict(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether the same item may succeed a moment later: what others hold, a limit on its time, or another server of the cluster
    /// that is away or takes no writes for now, was in its way. A reader that tries to write is a fault of ours and never
    /// succeeds.</summary>
    private static bool IsTransient(Exception fault, bool isWriter) =>
        IsConflict(fault) || IsLockTimeout(fault)
            || (fault is PostgresException { SqlState: var state }
                && (state[..2] is "08" or "53" or "58" || state[..3] is "57P"
                    || (state == PostgresErrorCodes.ReadOnlySqlTransaction && isWriter)));

    /// <summary>While the database is away every batch loses it: it is logged once a second.</summary>
    private bool IsTimeToLogLoss()
    {
        var at = Interlocked.Read(ref _lossLoggedAt);
        return (at == 0 || clock.GetElapsedTime(at) >= LogPeriod)
            && Interlocked.CompareExchange(ref _lossLoggedAt, clock.GetTimestamp(), at) == at;
    }

    /// <summary>How an item fails where the connection was lost. 53100: the server's disk is full. 25006: it takes no writes, as hosted
    /// ones do then, or it has become a standby.</summary>
    private DatabaseBusyException LossFault(Exception lost) => lost switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => health.Refused("the database's disk is full", lost),
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => health.Refused("the database takes no writes", lost),
        _ => new DatabaseBusyException("the database cannot be reached; try again", lost),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "a transaction of {Count} work items failed; running them one by one")]
    private static partial void LogBatchFailed(ILogger logger, Exception? reason, int count);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "a transaction of {Count} work items runs again: an optimistic write failed ({Reason})")]
    private static partial void LogRetry(ILogger logger, string reason, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database cannot be reached; {Count} work items failed")]
    private static partial void LogLost(ILogger logger, Exception? reason, int count);
}
