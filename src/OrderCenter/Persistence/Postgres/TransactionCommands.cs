using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The commands that begin and end a transaction.</summary>
internal static class TransactionCommands
{
    /// <summary>Begins a transaction with its limit for locks. On Citus the locks are on other servers, where only a statement's time is
    /// limited from here.</summary>
    public static void Begin(NpgsqlBatch batch, bool isDistributed, int lockTimeoutMs)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        if (isDistributed)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL statement_timeout = {lockTimeoutMs}"));
        }
        else if (lockTimeoutMs != PostgresDataSource.LockTimeoutMs)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL lock_timeout = {lockTimeoutMs}"));
        }
    }

    /// <summary>Announces endpoints to the other nodes, and commits.</summary>
    public static void Commit(NpgsqlBatch batch, bool isDistributed, IEnumerable<string> announced)
    {
        foreach (var endpoint in announced)
        {
            var notify = new NpgsqlBatchCommand("SELECT pg_notify($1, $2)");
            notify.Parameters.Add(new NpgsqlParameter { Value = PostgresListener.Channel });
            notify.Parameters.Add(new NpgsqlParameter { Value = endpoint });
            batch.BatchCommands.Add(notify);
        }
        if (isDistributed)
        {
            // A commit that is cut off while it waits for its standby is reported as done.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL statement_timeout = 0"));
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
    }
}
