using Npgsql;
using NpgsqlTypes;

namespace OrderCenter.Persistence.Postgres;

/// <summary>One command of a round trip, for one call or for many.</summary>
/// <param name="call">The first call.</param>
/// <param name="position">Where it stands in its round trip.</param>
/// <param name="key">The key of the first call; null: no other call joins it.</param>
internal sealed class BatchCommand(PendingCall call, int position, string? key = null)
{
    private readonly BatchForm? _form = call.Statement.Batch;
    private readonly List<PendingCall> _calls = [call];

    /// <summary>Made when a second call joins.</summary>
    private Dictionary<string, List<PendingCall>>? _byKey;

    public NpgsqlBatchCommand Command { get; private set; } = null!;

    public int Position => position;

    public bool HasRows => _calls.Count > 1 || call.IsQuery;

    /// <returns>False: it writes that row already.</returns>
    public bool TryJoin(PendingCall other, string otherKey)
    {
        _byKey ??= new(StringComparer.Ordinal) { [key!] = [call] };
        if (!_byKey.TryGetValue(otherKey, out var same))
        {
            _byKey.Add(otherKey, [other]);
        }
        else if (_form!.IsQuery)
        {
            same.Add(other);
        }
        else
        {
            return false;
        }
        _calls.Add(other);
        return true;
    }

    /// <param name="typesOf">The types of a single call's parameters.</param>
    public void Prepare(Func<PendingCall, ParameterTypes> typesOf)
    {
        if (_calls.Count == 1)
        {
            var types = typesOf(call);
            Command = new NpgsqlBatchCommand(types.Text);
            for (var i = 0; i < call.Parameters.Length; i++)
            {
                Command.Parameters.Add(Parameter(types.Types[i], call.Parameters[i]));
            }
            return;
        }
        Command = new NpgsqlBatchCommand(_form!.Text);
        var rows = _byKey!.Values.Select(calls => calls[0].Parameters).ToList();
        for (var i = 0; i < _form.Types.Length; i++)
        {
            var (type, values) = _form.ArrayOf(i, rows);
            Command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = values });
        }
    }

    public void Take(NpgsqlDataReader row)
    {
        if (_calls.Count == 1)
        {
            call.Take(row);
            return;
        }
        foreach (var answered in _byKey![_form!.KeyOf(row)])
        {
            answered.Take(row);
        }
    }

    public void Finish()
    {
        if (!HasRows)
        {
            call.Changed = (int)Command.RecordsAffected;
        }
    }

    private static NpgsqlParameter Parameter(NpgsqlDbType type, object? value) => (type, value) switch
    {
        (_, null) => new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value },
        (NpgsqlDbType.Bigint, int number) => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = type },
        (NpgsqlDbType.Integer, long number) => new NpgsqlParameter<int> { TypedValue = checked((int)number), NpgsqlDbType = type },
        (_, int number) => new NpgsqlParameter<int> { TypedValue = number, NpgsqlDbType = type },
        (_, long number) => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = type },
        (_, string text) => new NpgsqlParameter<string> { TypedValue = BatchParameters.Storable(text), NpgsqlDbType = type },
        var (_, other) =>
            throw new InvalidOperationException(
                $"a parameter of a statement is a {other.GetType().Name}; allowed: string, long, int, null"),
    };
}
