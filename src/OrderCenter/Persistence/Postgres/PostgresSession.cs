using System.Data.Common;
using Npgsql;
using OrderCenter.Persistence.Queueing;

namespace OrderCenter.Persistence.Postgres;

/// <summary>One connection, used by one thread. The work items of a batch run side by side: each runs until it needs an answer; what all
/// of them want goes out in one round trip (<see cref="CommandGrouping"/>); then each continues with its answer. One commit ends them
/// all.</summary>
/// <param name="source">Where its connection comes from.</param>
/// <param name="isWriter">Whether its batches are transactions.</param>
/// <param name="isDistributed">Whether Citus spreads the tables: then nothing is optimistic.</param>
/// <param name="clock">The time.</param>
/// <param name="onRetry">Called for a batch that runs again without optimism, with why and its size.</param>
internal sealed class PostgresSession(
    NpgsqlDataSource source, bool isWriter, bool isDistributed, TimeProvider clock, Action<Exception, int> onRetry) : IDisposable
{
    /// <summary>After an optimistic write failed: so many batches without.</summary>
    private const int PauseMin = 8;
    private const int PauseMax = 256;

    /// <summary>Round trips of one batch: no work item needs so many.</summary>
    private const int RoundTripsMax = 10_000;

    private static readonly BatchOutcome.Done Finished = new();

    private readonly PostgresConnection _connection = new(source, isWriter, isDistributed, clock);
    private readonly CommandGrouping _grouping = new(isDistributed);

    /// <summary>What goes out with the next round trip.</summary>
    private readonly List<PendingCall> _pending = [];

    /// <summary>What goes out with the commit: lists that are joined (<see cref="SqlStatement.JoinsLists"/>).</summary>
    private readonly Dictionary<SqlStatement, List<string>> _lists = [];

    private int _lockTimeoutMs;
    private bool _wasOptimistic;
    private int _pauseLeft;
    private int _pause;

    /// <summary>How long a statement of this session waits for rows that another transaction has locked, milliseconds; on Citus, how long
    /// it may take.</summary>
    public int LockTimeoutMs { get; init; } = PostgresDataSource.LockTimeoutMs;

    public bool IsWriter => isWriter;

    /// <summary>Whether it writes what requests and callbacks wait for.</summary>
    public bool IsRequestWriter => isWriter && LockTimeoutMs == PostgresDataSource.LockTimeoutMs;

    /// <summary>Runs a batch; where an optimistic write failed, once more without. The next batches are not optimistic either, the more
    /// of them the oftener that happens in a row: whoever makes such writes fail slows the others by little.</summary>
    /// <param name="batch">The work items.</param>
    /// <param name="lockTimeoutMs">As <see cref="LockTimeoutMs"/>, for this batch.</param>
    public BatchOutcome Run(IReadOnlyList<WorkItem> batch, int lockTimeoutMs)
    {
        _lockTimeoutMs = lockTimeoutMs;
        var outcome = Run(batch, isOptimistic: isWriter && !isDistributed && _pauseLeft == 0);
        if (!_wasOptimistic)
        {
            _pauseLeft = Math.Max(0, _pauseLeft - 1);
            return outcome;
        }
        if (outcome is not BatchOutcome.Failed { Reason: var reason } || !MayBeOptimism(reason))
        {
            _pause = 0;
            return outcome;
        }
        _pauseLeft = _pause = Math.Clamp(2 * _pause, PauseMin, PauseMax);
        onRetry(reason, batch.Count);
        return Run(batch, isOptimistic: false);
    }

    public void Dispose() => _connection.Dispose();

    public ValueTask<int> ExecuteAsync(PostgresTransaction transaction, SqlStatement statement, object?[] parameters)
    {
        var call = new ExecuteCall(transaction, statement, parameters);
        _pending.Add(call);
        return new ValueTask<int>(call.Answer);
    }

    public void SendOptimistic(PostgresTransaction transaction, SqlStatement orFail, object?[] parameters)
    {
        _wasOptimistic = true;
        Send(transaction, orFail, parameters);
    }

    public void Send(PostgresTransaction transaction, SqlStatement statement, object?[] parameters)
    {
        if (!statement.JoinsLists)
        {
            _pending.Add(new ExecuteCall(transaction, statement, parameters));
            return;
        }
        if (!_lists.TryGetValue(statement, out var lists))
        {
            _lists.Add(statement, lists = []);
        }
        lists.Add((string)parameters[0]!);
    }

    public ValueTask<List<T>> QueryAsync<T>(
        PostgresTransaction transaction, SqlStatement statement, Func<DbDataReader, T> read, object?[] parameters)
    {
        var call = new QueryCall<T>(transaction, statement, read, parameters);
        _pending.Add(call);
        return new ValueTask<List<T>>(call.Answer);
    }

    private BatchOutcome Run(IReadOnlyList<WorkItem> batch, bool isOptimistic)
    {
        _wasOptimistic = false;
        if (!_connection.TryOpen())
        {
            return new BatchOutcome.Lost(_connection.Fault!);
        }
        _lists.Clear();
        var transactions = new PostgresTransaction[batch.Count];
        var runs = new Task[batch.Count];
        for (var i = 0; i < transactions.Length; i++)
        {
            transactions[i] = new PostgresTransaction(this, isOptimistic, isDistributed);
            runs[i] = batch[i].RunAsync(transactions[i]).AsTask();
        }
        var outcome = RunToCommit(batch, transactions, runs);
        foreach (var transaction in transactions)
        {
            transaction.End(isCommitted: outcome is BatchOutcome.Done);
        }
        if (outcome is BatchOutcome.Done)
        {
            WorkItem.SucceedAll(batch);
        }
        return outcome;
    }

    private BatchOutcome RunToCommit(IReadOnlyList<WorkItem> batch, PostgresTransaction[] transactions, Task[] runs)
    {
        var hasBegun = false;
        try
        {
            // What is pending when every item has ended has nobody waiting for it: it goes out with the commit.
            for (var trip = 0; _pending.Count > 0 && !(isWriter && Array.TrueForAll(runs, static run => run.IsCompleted)); trip++)
            {
                if (trip == RoundTripsMax)
                {
                    throw new InvalidOperationException($"a work item needed more than {RoundTripsMax} round trips");
                }
                SendPending(begin: isWriter && !hasBegun);
                hasBegun = isWriter;
            }
            if (Array.Find(runs, static run => !run.IsCompletedSuccessfully) is { } failed)
            {
                Rollback(hasBegun);
                return new BatchOutcome.Failed(
                    failed.Exception?.GetBaseException() ?? new InvalidOperationException(
                        "a work item awaited something other than its transaction"));
            }
            if (transactions.Length > 1 && Array.Exists(transactions, static transaction => transaction.IsMarkedRolledBack))
            {
                Rollback(hasBegun);
                return new BatchOutcome.RolledBack([.. batch.Where((_, i) => transactions[i].IsMarkedRolledBack)]);
            }
            if (hasBegun || _pending.Count > 0 || _lists.Count > 0)
            {
                Commit(transactions, begin: !hasBegun);
            }
            return Finished;
        }
        catch (Exception fault) when (_connection.IsLoss(fault))
        {
            _connection.Drop(fault);
            FailPending(fault);
            return new BatchOutcome.Lost(fault);
        }
#pragma warning disable CA1031 // Whatever failed is handed to the items' callers, or the items are run again one by one.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            FailPending(fault);
            try
            {
                Rollback(hasBegun: isWriter);
            }
            catch (Exception lost) when (lost is NpgsqlException or InvalidOperationException or IOException)
            {
                _connection.Drop(lost);
            }
            return new BatchOutcome.Failed(fault);
        }
    }

    /// <summary>One round trip with everything that is pending.</summary>
    private void SendPending(bool begin)
    {
        var calls = _pending.ToArray();
        _pending.Clear();
        using var batch = new NpgsqlBatch(_connection.Current);
        if (begin)
        {
            TransactionCommands.Begin(batch, isDistributed, _lockTimeoutMs);
        }
        var commands = _grouping.Group(calls);
        commands.ForEach(command => batch.BatchCommands.Add(command.Command));
        try
        {
            using var reader = batch.ExecuteReader();
            ReadRows(reader, commands);
        }
        catch (Exception fault)
        {
            // The items end here: none of them may wait for an answer that does not come.
            Array.ForEach(calls, call => call.Fail(fault));
            throw;
        }
        commands.ForEach(static command => command.Finish());

        // Each item continues in here, on this thread, and adds to the next round trip.
        Array.ForEach(calls, static call => call.Complete());
    }

    private static void ReadRows(NpgsqlDataReader reader, List<BatchCommand> commands)
    {
        var isFirst = true;
        foreach (var command in commands)
        {
            if (!command.HasRows)
            {
                continue;
            }
            if (!isFirst)
            {
                reader.NextResult();
            }
            isFirst = false;
            while (reader.Read())
            {
                command.Take(reader);
            }
        }
        while (reader.NextResult())
        {
        }
    }

    private void Commit(PostgresTransaction[] transactions, bool begin)
    {
        using var batch = new NpgsqlBatch(_connection.Current);
        if (begin)
        {
            TransactionCommands.Begin(batch, isDistributed, _lockTimeoutMs);
        }
        foreach (var (statement, lists) in _lists)
        {
            _pending.Add(new ExecuteCall(transaction: null, statement, [string.Join(',', lists)]));
        }
        _grouping.Group(_pending).ForEach(command => batch.BatchCommands.Add(command.Command));
        _pending.Clear();
        TransactionCommands.Commit(
            batch, isDistributed,
            transactions.SelectMany(static transaction => transaction.Announced ?? []).Distinct(StringComparer.Ordinal));
        batch.ExecuteNonQuery();
    }

    private void Rollback(bool hasBegun)
    {
        _pending.Clear();
        if (hasBegun)
        {
            using var command = new NpgsqlCommand("ROLLBACK", _connection.Current);
            command.ExecuteNonQuery();
        }
    }

    private void FailPending(Exception fault)
    {
        // An item that ends may have begun another call: until none is left.
        while (_pending.Count > 0)
        {
            var calls = _pending.ToArray();
            _pending.Clear();
            Array.ForEach(calls, call => call.Fail(fault));
        }
    }

    /// <summary>Whether a batch may have failed because a row was there, or had moved: or because an item threw at what it took for
    /// done.</summary>
    private static bool MayBeOptimism(Exception fault) =>
        fault is not PostgresException { SqlState: var state }
            || state is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.NotNullViolation;
}
