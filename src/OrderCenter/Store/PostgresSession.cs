using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace OrderCenter.Store;

/// <summary>One connection, used by one thread. A batch of units runs side by side: each goes on until it asks the database for something; what all of them ask
/// for goes out in one round trip, equal hot statements as one (<see cref="ManyForm"/>); then each goes on with its answer. One commit ends them all.</summary>
/// <param name="source">Where its connection comes from.</param>
/// <param name="isWriter">Whether its batches are transactions.</param>
/// <param name="isDistributed">Whether the tables are spread by Citus: each call then goes to its shard by itself, and nothing is guessed.</param>
/// <param name="clock">The time.</param>
/// <param name="guessedWrong">Told of a batch that ran again, why and how large it was.</param>
internal sealed class PostgresSession(NpgsqlDataSource source, bool isWriter, bool isDistributed, TimeProvider clock, Action<Exception, int> guessedWrong) : IDisposable
{
    private const long BackOffMinMs = 100;
    private const long BackOffMaxMs = 1000;

    /// <summary>After a wrong guess: so many batches without.</summary>
    private const int PauseMin = 8;
    private const int PauseMax = 256;

    /// <summary>Rounds of one batch: no unit asks so often.</summary>
    private const int RoundsMax = 10_000;

    private static readonly BatchOutcome.Done Finished = new();

    private readonly Dictionary<string, ParameterTypes> _types = new(StringComparer.Ordinal);

    private readonly List<Call> _asked = [];

    /// <summary>What goes out with the commit, whatever else the units still ask for: statement by statement the lists for it (<see cref="ManyForm.Lists"/>).</summary>
    private readonly Dictionary<string, List<string>> _lists = new(StringComparer.Ordinal);

    private NpgsqlConnection? _connection;
    private bool _hasGuessed;
    private int _withoutGuesses;
    private int _pause;
    private Exception? _refusal;
    private long _refusedUntilMs;
    private long _backOffMs = BackOffMinMs;

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Runs a batch; where a unit guessed wrong (<see cref="Transaction.ExpectAsync"/>), once more without guesses. The next batches do not guess either, the
    /// more of them the oftener that happens in a row: whoever makes guesses fail slows the others by little.</summary>
    public BatchOutcome Run(IReadOnlyList<WorkItem> batch)
    {
        var outcome = Run(batch, guesses: isWriter && !isDistributed && _withoutGuesses == 0);
        if (!_hasGuessed)
        {
            _withoutGuesses = Math.Max(0, _withoutGuesses - 1);
            return outcome;
        }
        if (outcome is not BatchOutcome.Failed { Reason: var reason } || !MayBeWrongGuess(reason))
        {
            _pause = 0;
            return outcome;
        }
        _withoutGuesses = _pause = Math.Clamp(2 * _pause, PauseMin, PauseMax);
        guessedWrong(reason, batch.Count);
        return Run(batch, guesses: false);
    }

    private BatchOutcome Run(IReadOnlyList<WorkItem> batch, bool guesses)
    {
        if (!TryConnect())
        {
            return new BatchOutcome.Lost(_refusal!);
        }
        _lists.Clear();
        _hasGuessed = false;
        var units = new PostgresUnit[batch.Count];
        var runs = new Task[batch.Count];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = new PostgresUnit(this, guesses);
            runs[i] = batch[i].RunAsync(units[i]).AsTask();
        }
        var outcome = RunRounds(batch, units, runs);
        foreach (var unit in units)
        {
            unit.End(isCommitted: outcome is BatchOutcome.Done);
        }
        if (outcome is BatchOutcome.Done)
        {
            WorkItem.SucceedAll(batch);
        }
        return outcome;
    }

    public void Dispose() => _connection?.Dispose();

    public ValueTask<int> ExecuteAsync(PostgresUnit unit, string sql, object?[] parameters)
    {
        var call = new ExecuteCall(unit, sql, parameters);
        _asked.Add(call);
        return new ValueTask<int>(call.Answer);
    }

    /// <summary>Writes with the next round, at the latest with the commit, what is taken for done.</summary>
    public void Guess(PostgresUnit unit, string orFail, object?[] parameters)
    {
        _hasGuessed = true;
        Send(unit, orFail, parameters);
    }

    public void Send(PostgresUnit unit, string sql, object?[] parameters)
    {
        if (!ManyForm.Lists.Contains(sql))
        {
            _asked.Add(new ExecuteCall(unit, sql, parameters));
            return;
        }
        if (!_lists.TryGetValue(sql, out var lists))
        {
            _lists.Add(sql, lists = []);
        }
        lists.Add((string)parameters[0]!);
    }

    public ValueTask<List<T>> QueryAsync<T>(PostgresUnit unit, string sql, Func<DbDataReader, T> read, object?[] parameters)
    {
        var call = new QueryCall<T>(unit, sql, read, parameters);
        _asked.Add(call);
        return new ValueTask<List<T>>(call.Answer);
    }

    private BatchOutcome RunRounds(IReadOnlyList<WorkItem> batch, PostgresUnit[] units, Task[] runs)
    {
        var hasBegun = false;
        try
        {
            // What is asked for when every unit has ended is waited for by nobody: it goes out with the commit.
            for (var round = 0; _asked.Count > 0 && !(isWriter && Array.TrueForAll(runs, run => run.IsCompleted)); round++)
            {
                if (round == RoundsMax)
                {
                    throw new InvalidOperationException($"a unit of work asked the database more than {RoundsMax} times");
                }
                Ask(begin: isWriter && !hasBegun);
                hasBegun = isWriter;
            }
            if (runs.FirstOrDefault(run => !run.IsCompletedSuccessfully) is { } bad)
            {
                _asked.Clear();
                Rollback(hasBegun);
                return new BatchOutcome.Failed(bad.Exception?.GetBaseException() ?? new InvalidOperationException("a unit of work awaited something other than its transaction"));
            }
            if (units.Length > 1 && units.Any(unit => unit.TookBack))
            {
                _asked.Clear();
                Rollback(hasBegun);
                return new BatchOutcome.TookBack([.. batch.Where((_, i) => units[i].TookBack)]);
            }
            if (hasBegun || _asked.Count > 0 || _lists.Count > 0)
            {
                Commit(units, begin: !hasBegun);
            }
            return Finished;
        }
        catch (Exception fault) when (IsLoss(fault))
        {
            Drop(fault);
            FailAsked(fault);
            return new BatchOutcome.Lost(fault);
        }
#pragma warning disable CA1031 // Whatever failed is handed to the units' callers, or the units are run again one by one.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            FailAsked(fault);
            try
            {
                Rollback(hasBegun: isWriter);
            }
            catch (Exception lost) when (lost is NpgsqlException or InvalidOperationException or IOException)
            {
                Drop(lost);
            }
            return new BatchOutcome.Failed(fault);
        }
    }

    /// <summary>One round trip: everything that the units have asked for since the last one.</summary>
    private void Ask(bool begin)
    {
        var calls = _asked.ToArray();
        _asked.Clear();
        using var batch = new NpgsqlBatch(_connection);
        if (begin)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        }
        var questions = Group(calls);
        foreach (var question in questions)
        {
            batch.BatchCommands.Add(question.Command);
        }
        try
        {
            using (var reader = batch.ExecuteReader())
            {
                var isFirst = true;
                foreach (var question in questions.Where(question => question.HasRows))
                {
                    if (!isFirst)
                    {
                        reader.NextResult();
                    }
                    isFirst = false;
                    while (reader.Read())
                    {
                        question.Take(reader);
                    }
                }
                while (reader.NextResult())
                {
                }
            }
        }
        catch (Exception fault)
        {
            // The units end here: none of them may hang on an answer that does not come.
            foreach (var call in calls)
            {
                call.Fail(fault);
            }
            throw;
        }
        foreach (var question in questions)
        {
            question.Finish();
        }

        // Each unit goes on in here, on this thread, and asks for the next round.
        foreach (var call in calls)
        {
            call.Complete();
        }
    }

    /// <summary>Equal hot statements become one; two calls for the same row never share a statement, and what a unit asked for runs in the order in which it did.</summary>
    private List<Question> Group(Call[] calls)
    {
        var questions = new List<Question>(calls.Length);
        Dictionary<string, List<Question>>? open = null;
        foreach (var call in calls)
        {
            call.Unit?.After = 0;
        }
        foreach (var call in calls)
        {
            if (calls.Length == 1 || !ManyForm.All.TryGetValue(call.Sql, out var form) || (isDistributed && !form.NamesKeys))
            {
                call.Unit?.After = questions.Count;
                questions.Add(new Question(call, questions.Count));
                continue;
            }
            open ??= new(StringComparer.Ordinal);
            if (!open.TryGetValue(call.Sql, out var shared))
            {
                open.Add(call.Sql, shared = []);
            }
            var key = form.KeyOf(call.Parameters);
            var after = call.Unit?.After ?? 0;
            var question = shared.Find(candidate => candidate.Position >= after && candidate.TryJoin(call, key, form));
            if (question is null)
            {
                question = new Question(call, questions.Count, form, key);
                shared.Add(question);
                questions.Add(question);
            }
            call.Unit?.After = question.Position;
        }
        foreach (var question in questions)
        {
            question.Prepare(TypesOf);
        }
        return questions;
    }

    private ParameterTypes TypesOf(string sql, object?[] parameters)
    {
        if (!_types.TryGetValue(sql, out var types))
        {
            _types.Add(sql, types = new ParameterTypes(sql, parameters.Length));
        }
        types.Learn(parameters);
        return types;
    }

    private void Commit(PostgresUnit[] units, bool begin)
    {
        using var batch = new NpgsqlBatch(_connection);
        if (begin)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        }
        foreach (var (sql, lists) in _lists)
        {
            _asked.Add(new ExecuteCall(unit: null, sql, [string.Join(',', lists)]));
        }
        foreach (var question in Group([.. _asked]))
        {
            batch.BatchCommands.Add(question.Command);
        }
        _asked.Clear();
        foreach (var endpoint in units.Where(unit => unit.Announced is not null).SelectMany(unit => unit.Announced!).Distinct(StringComparer.Ordinal))
        {
            var notify = new NpgsqlBatchCommand("SELECT pg_notify($1, $2)");
            notify.Parameters.Add(new NpgsqlParameter { Value = PostgresListener.Channel });
            notify.Parameters.Add(new NpgsqlParameter { Value = endpoint });
            batch.BatchCommands.Add(notify);
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        batch.ExecuteNonQuery();
    }

    private void Rollback(bool hasBegun)
    {
        if (hasBegun)
        {
            using var command = new NpgsqlCommand("ROLLBACK", _connection);
            command.ExecuteNonQuery();
        }
    }

    private void FailAsked(Exception fault)
    {
        // A unit that ends may have begun another question: until none is left.
        while (_asked.Count > 0)
        {
            var calls = _asked.ToArray();
            _asked.Clear();
            foreach (var call in calls)
            {
                call.Fail(fault);
            }
        }
    }

    /// <summary>While the database is away, a connection is tried for at a bounded pace, and whoever comes in between is told at once.</summary>
    private bool TryConnect()
    {
        if (_connection is { State: System.Data.ConnectionState.Open })
        {
            return true;
        }
        if (_refusal is not null && NowMs < _refusedUntilMs)
        {
            return false;
        }
        try
        {
            _connection?.Dispose();
            _connection = source.OpenConnection();
            using (var ask = new NpgsqlCommand("SELECT pg_is_in_recovery()", _connection))
            {
                if ((bool)ask.ExecuteScalar()!)
                {
                    throw new NpgsqlException("the database is a standby; it is asked again until it is the primary");
                }
            }
            (_refusal, _backOffMs) = (null, BackOffMinMs);
            return true;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            Drop(fault);
            _refusedUntilMs = NowMs + _backOffMs;
            _backOffMs = Math.Min(_backOffMs * 2, BackOffMaxMs);
            return false;
        }
    }

    private void Drop(Exception fault)
    {
        (_refusal, _refusedUntilMs) = (fault, 0);
        if (_connection is not null)
        {
            // One that still works is not handed out again: it may lead to a server that has become a standby.
            NpgsqlConnection.ClearPool(_connection);
            _connection.Dispose();
        }
        _connection = null;
    }

    /// <summary>Whether a batch may have failed because a row was there, or had moved: or because a unit threw at what it took for done.</summary>
    private static bool MayBeWrongGuess(Exception fault) =>
        fault is not PostgresException { SqlState: var state } || state is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.NotNullViolation;

    /// <summary>Whether the connection is gone, and not only a statement wrong: the network, a time-out, a server that stops or starts.</summary>
    private bool IsLoss(Exception fault) => fault switch
    {
        // 53 and 58: its disk or memory is full, or it has an error of its own. 25P03: this node stood still in a transaction. 25006 to a writer: the server has become
        // a standby.
        PostgresException { SqlState: var state } =>
            state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("58", StringComparison.Ordinal) || state == "25P03" || (state == "25006" && isWriter),
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException => true,
        _ => false,
    };
}
