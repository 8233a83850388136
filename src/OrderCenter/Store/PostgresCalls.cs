using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace OrderCenter.Store;

/// <summary>One statement of a round, for one call or for many.</summary>
internal sealed class Question
{
    private readonly ManyForm? _form;
    private readonly List<Call> _calls;
    private readonly Dictionary<string, List<Call>>? _byKey;

    public Question(Call call, int position, ManyForm? form = null, string? key = null)
    {
        (_form, _calls, Position) = (form, [call], position);
        _byKey = key is null ? null : new(StringComparer.Ordinal) { [key] = [call] };
    }

    public NpgsqlBatchCommand Command { get; private set; } = null!;

    /// <summary>Where it stands in its round.</summary>
    public int Position { get; }

    public bool HasRows => _calls.Count > 1 || _calls[0].IsQuery;

    /// <returns>False: a write of that row is in this statement already.</returns>
    public bool TryJoin(Call call, string key, ManyForm form)
    {
        if (_byKey!.TryGetValue(key, out var same))
        {
            if (form.IsWrite)
            {
                return false;
            }
            same.Add(call);
        }
        else
        {
            _byKey.Add(key, [call]);
        }
        _calls.Add(call);
        return true;
    }

    public void Prepare(Func<string, object?[], ParameterTypes> typesOf)
    {
        if (_calls.Count == 1)
        {
            var call = _calls[0];
            var types = typesOf(call.Sql, call.Parameters);
            Command = new NpgsqlBatchCommand(types.Text);
            for (var i = 0; i < call.Parameters.Length; i++)
            {
                Command.Parameters.Add(Parameter(types.Types[i], call.Parameters[i]));
            }
            return;
        }
        Command = new NpgsqlBatchCommand(_form!.Many);
        var rows = _byKey!.Values.Select(calls => calls[0].Parameters).ToList();
        for (var i = 0; i < _form.Types.Length; i++)
        {
            var (type, values) = _form.Column(i, rows);
            Command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = values });
        }
    }

    public void Take(NpgsqlDataReader row)
    {
        if (_calls.Count == 1)
        {
            _calls[0].Take(row);
            return;
        }
        foreach (var call in _byKey![_form!.KeyOf(row)])
        {
            call.Take(row);
        }
    }

    public void Finish()
    {
        if (!HasRows)
        {
            _calls[0].Changed = (int)Command.RecordsAffected;
        }
    }

    private static NpgsqlParameter Parameter(NpgsqlDbType type, object? value) => (type, value) switch
    {
        (_, null) => new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value },
        (NpgsqlDbType.Bigint, int number) => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = type },
        (_, int number) => new NpgsqlParameter<int> { TypedValue = number, NpgsqlDbType = type },
        (_, long number) => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = type },
        (_, string text) => new NpgsqlParameter<string> { TypedValue = ManyForm.Storable(text), NpgsqlDbType = type },
        _ => throw new InvalidOperationException("unreachable: the types were judged before"),
    };
}

/// <summary>What one unit asked for and waits on.</summary>
internal abstract class Call(PostgresUnit? unit, string sql, object?[] parameters)
{
    /// <summary>Who asked; null: all of them together.</summary>
    public PostgresUnit? Unit => unit;

    public string Sql => sql;

    public object?[] Parameters => parameters;

    public abstract bool IsQuery { get; }

    public int Changed { get; set; }

    public abstract void Take(DbDataReader row);

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

internal sealed class ExecuteCall(PostgresUnit? unit, string sql, object?[] parameters) : Call(unit, sql, parameters)
{
    // The unit goes on inside SetResult, on the session's thread.
    private readonly TaskCompletionSource<int> _answer = new();

    public Task<int> Answer => _answer.Task;

    public override bool IsQuery => false;

    /// <summary>A row of the many form: this call's key was changed.</summary>
    public override void Take(DbDataReader row) => Changed = 1;

    public override void Complete() => _answer.TrySetResult(Changed);

    public override void Fail(Exception fault) => _answer.TrySetException(fault);
}

internal sealed class QueryCall<T>(PostgresUnit unit, string sql, Func<DbDataReader, T> read, object?[] parameters) : Call(unit, sql, parameters)
{
    private readonly TaskCompletionSource<List<T>> _answer = new();
    private readonly List<T> _rows = [];
    private Exception? _fault;

    public Task<List<T>> Answer => _answer.Task;

    public override bool IsQuery => true;

    public override void Take(DbDataReader row)
    {
        try
        {
            _rows.Add(read(row));
        }
#pragma warning disable CA1031 // A row that cannot be read is its unit's fault; the rest of the round is still to be taken from the wire.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fault ??= fault;
        }
    }

    public override void Complete()
    {
        if (_fault is null)
        {
            _answer.TrySetResult(_rows);
        }
        else
        {
            _answer.TrySetException(_fault);
        }
    }

    public override void Fail(Exception fault) => _answer.TrySetException(fault);
}
