using Npgsql;
using OrderCenter.Domain;
using OrderCenter.Persistence.Schema;

namespace OrderCenter.Persistence.Postgres;

/// <summary>Brings the schema up to date, and spreads its tables over a Citus cluster. Nodes that start at once take turns.</summary>
internal sealed partial class PostgresMigrator(
    NpgsqlConnection connection, IReadOnlyList<Migration> steps, TimeProvider clock, ILogger log)
{
    /// <summary>"ordercen": the advisory lock of all changes of the schema.</summary>
    private const long MigrationLock = 0x6f7264657263656e;

    public async Task MigrateAsync(bool isDemo, bool isDistributed, CancellationToken cancellationToken)
    {
        if (isDemo)
        {
            await MarkDemoAsync(cancellationToken);
        }
        while (await StepAsync(cancellationToken) is { } version)
        {
            LogMigrated(log, version);
        }
        if (isDistributed)
        {
            await DistributeAsync(cancellationToken);
        }
    }

    /// <summary>Refuses a database whose schema is not this program's; changes nothing.</summary>
    /// <exception cref="DatabaseUnavailableException">It is another one, or there is none.</exception>
    public async Task RequireSchemaAsync(CancellationToken cancellationToken)
    {
        try
        {
            Migrations.RequireAll(await AppliedAsync(cancellationToken), steps);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new DatabaseUnavailableException("the database of ConnectionStrings:OrderCenter holds nothing of OrderCenter", fault);
        }
    }

    /// <summary>One migration, in one transaction that no other node's runs beside. The lock is the transaction's: behind a pooler a
    /// session's would stay with a connection that goes on to others.</summary>
    /// <returns>Its version; null: there is none left.</returns>
    private async Task<int?> StepAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await LockAsync(cancellationToken);
        await RunAsync(Migrations.AppliedTable, cancellationToken);
        var migration = Migrations.Next(await AppliedAsync(cancellationToken), steps);
        if (migration is not null)
        {
            foreach (var statement in migration.Statements)
            {
                await RunAsync(Migrations.OnPostgres(statement), cancellationToken);
            }
            var nowMs = clock.NowMs();
            await RunAsync($"INSERT INTO schema_migrations (version, applied_ms) VALUES ({migration.Version}, {nowMs})", cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return migration?.Version;
    }

    /// <summary>Marks a new database as the demo's, or checks that it is.</summary>
    private async Task MarkDemoAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await LockAsync(cancellationToken);
        await RunAsync(Migrations.AppliedTable, cancellationToken);
        if (DemoMark.IsDue(await AppliedAsync(cancellationToken)))
        {
            await RunAsync(DemoMark.Sql(clock), cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>A transaction for changes of the schema: one at a time among all nodes, however long one takes.</summary>
    private async Task<NpgsqlTransaction> LockAsync(CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0", cancellationToken);
        await RunAsync($"SELECT pg_advisory_xact_lock({MigrationLock})", cancellationToken);
        return transaction;
    }

    private async Task<HashSet<int>> AppliedAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT version FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new HashSet<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt32(0));
        }
        return applied;
    }

    /// <summary>Distributes what is not distributed yet (docs/scaling.md), a table a transaction.</summary>
    /// <exception cref="DatabaseUnavailableException">Citus refuses a table, or is not installed; the message says what to do.</exception>
    private async Task DistributeAsync(CancellationToken cancellationToken)
    {
        foreach (var statement in Distribution.Statements)
        {
            try
            {
                await DistributeAsync(statement, cancellationToken);
            }
            catch (PostgresException refusal) when (refusal.SqlState[..2] is not "08" and not "57")
            {
                throw new DatabaseUnavailableException(
                    $"Storage:Distribute is true, and the database refuses \"{statement}\": {refusal.MessageText}. Citus must be " +
                    "installed on every server and the coordinator registered (SELECT citus_set_coordinator_host('HOST')); " +
                    "see docs/scaling.md",
                    refusal);
            }
        }
    }

    private async Task DistributeAsync(string statement, CancellationToken cancellationToken)
    {
        await using var transaction = await LockAsync(cancellationToken);
        await RunAsync(statement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Statements are constants of this program.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "schema migrated to version {Version}")]
    private static partial void LogMigrated(ILogger logger, int version);
}
