namespace OrderCenter.Persistence.Postgres;

/// <summary>Makes the commands of a round trip from the calls of all work items: equal hot statements become one command
/// (<see cref="BatchForm"/>). Two writes of one row never share a command, and the calls of one item run in their order.</summary>
/// <param name="isDistributed">Whether Citus spreads the tables: a statement that does not name its keys then goes to its shard by
/// itself.</param>
internal sealed class CommandGrouping(bool isDistributed)
{
    private readonly StatementCache<ParameterTypes> _types = new(statement => new ParameterTypes(statement, isDistributed));

    public List<BatchCommand> Group(IReadOnlyList<PendingCall> calls)
    {
        var commands = new List<BatchCommand>(calls.Count);
        Dictionary<SqlStatement, List<BatchCommand>>? shared = null;
        foreach (var call in calls)
        {
            call.Transaction?.LastPosition = 0;
        }
        foreach (var call in calls)
        {
            if (calls.Count == 1 || call.Statement.Batch is not { } form || (isDistributed && !form.NamesKeys))
            {
                call.Transaction?.LastPosition = commands.Count;
                commands.Add(new BatchCommand(call, commands.Count));
                continue;
            }
            shared ??= [];
            if (!shared.TryGetValue(call.Statement, out var ofStatement))
            {
                shared.Add(call.Statement, ofStatement = []);
            }
            var key = form.KeyOf(call.Parameters);
            var command = Joined(ofStatement, call, key);
            if (command is null)
            {
                command = new BatchCommand(call, commands.Count, key);
                ofStatement.Add(command);
                commands.Add(command);
            }
            call.Transaction?.LastPosition = command.Position;
        }
        foreach (var command in commands)
        {
            command.Prepare(TypesOf);
        }
        return commands;
    }

    private static BatchCommand? Joined(List<BatchCommand> ofStatement, PendingCall call, string key)
    {
        var first = call.Transaction?.LastPosition ?? 0;
        foreach (var candidate in ofStatement)
        {
            if (candidate.Position >= first && candidate.TryJoin(call, key))
            {
                return candidate;
            }
        }
        return null;
    }

    private ParameterTypes TypesOf(PendingCall call)
    {
        var types = call.Statement.IsDynamic ? new ParameterTypes(call.Statement, isDistributed) : _types[call.Statement];
        types.Learn(call.Parameters);
        return types;
    }
}
