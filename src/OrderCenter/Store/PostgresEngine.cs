using Microsoft.Extensions.Logging;
using Npgsql;
using OrderCenter.Store.Schema;

namespace OrderCenter.Store;

/// <summary>PostgreSQL, shared by any number of nodes: a few writer threads, each running the batch that it takes in pipelined rounds (<see cref="PostgresSession"/>)
/// and committing it once; readers and searches on connections of their own. Nothing here waits for a timer, and while the database is away every unit is
/// refused at once with a fault that the caller may retry.</summary>
internal sealed partial class PostgresEngine : Engine
{
    private const int WritesWaitingMax = 16_384;
    private const int AsideWaitingMax = 4096;
    private const int ReadsWaitingMax = 16_384;
    private const int SearchesWaitingMax = 64;
    private const int BatchMax = 256;

    /// <summary>Half a batch: from so many waiting on, a second writer is worth its smaller batches (measured at 64 requests at once on 2 processors: one writer
    /// does 1.2 times the payments of two).</summary>
    private const int SecondWriterAt = 128;
    private const int Readers = 1;

    /// <summary>On Citus a statement waits for the server that has its shard, and the next of its batch for it: many small batches side by side, instead of few large
    /// ones.</summary>
    private const int DistributedBatchMax = 16;
    private const int DistributedWriters = 8;
    private const int DistributedReaders = 4;
    private const int Searchers = 2;

    /// <summary>How often a unit that runs by itself is tried again after a deadlock or a serialization failure.</summary>
    private const int ConflictsMax = 3;

    private const int CommandTimeoutSeconds = 15;

    /// <summary>A node that stands still, or whose machine is gone, must not hold what it has locked: the other nodes take its work over.</summary>
    private const string SessionOptions =
        " -c jit=off -c idle_in_transaction_session_timeout=5000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=15000";

    /// <summary>Npgsql's own; for so long it does not ask a host again that was away.</summary>
    private const int HostRecheckDefaultSeconds = 10;
    private const int ConnectTimeoutSeconds = 5;

    /// <summary>"ordercen": keeps migrations of nodes that start at once apart.</summary>
    private const long MigrationLock = 0x6f7264657263656e;

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly StoreOptions _options;
    private readonly NpgsqlDataSource _writing;
    private readonly NpgsqlDataSource _reading;
    private readonly WorkQueue _writes = new(WritesWaitingMax, SecondWriterAt);
    private readonly WorkQueue _claims = new(AsideWaitingMax);
    private readonly WorkQueue _upkeep = new(AsideWaitingMax);
    private readonly WorkQueue _reads = new(ReadsWaitingMax);
    private readonly WorkQueue _searches = new(SearchesWaitingMax);
    private readonly List<Thread> _threads = [];
    private readonly CancellationTokenSource _closing = new();
    private PostgresListener? _listener;

    public PostgresEngine(StoreOptions options, TimeProvider clock, ILogger log)
    {
        (_options, _clock, _log) = (options, clock, log);
        if (!BatchWrites.TryInline())
        {
            LogPooledWrites(log);
        }
        try
        {
            _writing = Source(options.ConnectionString, "");
            _reading = Source(options.ConnectionString, " -c default_transaction_read_only=on");
        }
        catch (ArgumentException fault)
        {
            throw new StoreUnavailableException($"ConnectionStrings:OrderCenter is not a PostgreSQL connection string: {fault.Message}", fault);
        }
    }

    public override async Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _writing.OpenConnectionAsync(cancellationToken);
            while (await StepAsync(connection, clock, cancellationToken) is { } version)
            {
                LogMigrated(_log, version);
            }
            if (_options.Distribute)
            {
                await DistributeAsync(connection, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or NotSupportedException)
        {
            throw new StoreUnavailableException($"the database of ConnectionStrings:OrderCenter cannot be opened: {fault.Message}", fault);
        }
    }

    /// <summary>One migration, in one transaction that no other node's runs beside. The lock is the transaction's: behind a pooler a session's would stay with a
    /// connection that goes on to others.</summary>
    /// <returns>Its version; null: there is none left.</returns>
    private static async Task<int?> StepAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await LockedAsync(connection, cancellationToken);
        await RunAsync(connection, "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, applied_ms bigint NOT NULL)", cancellationToken);
        if (Migrations.Next(await AppliedAsync(connection, cancellationToken)) is { } migration)
        {
            foreach (var statement in migration.Statements)
            {
                await RunAsync(connection, Migrations.OnPostgres(statement), cancellationToken);
            }
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await RunAsync(connection, $"INSERT INTO schema_migrations (version, applied_ms) VALUES ({migration.Version}, {nowMs})", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return migration.Version;
        }
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>A transaction for changes of the schema: one at a time among all nodes, however long one takes.</summary>
    private static async Task<NpgsqlTransaction> LockedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, "SET LOCAL statement_timeout = 0", cancellationToken);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", cancellationToken);
        return transaction;
    }

    public override void Start()
    {
        var (writers, readers, batchMax) = _options.Distribute ? (DistributedWriters, DistributedReaders, DistributedBatchMax) : (1, Readers, BatchMax);
        for (var i = 0; i < writers; i++)
        {
            StartThread("store-write", _writes.Take, _writing, isWriter: true, batchMax);
        }
        if (!_options.Distribute)
        {
            StartThread("store-write", _writes.TakeAsHelper, _writing, isWriter: true, batchMax);
        }
        StartThread("store-claim", _claims.Take, _writing, isWriter: true, batchMax);
        StartThread("store-upkeep", _upkeep.Take, _writing, isWriter: true, batchMax: 1);
        for (var i = 0; i < readers; i++)
        {
            StartThread("store-read", _reads.Take, _reading, isWriter: false, batchMax);
        }
        for (var i = 0; i < Searchers; i++)
        {
            StartThread("store-search", _searches.Take, _reading, isWriter: false, batchMax: 1);
        }
        _listener = new PostgresListener(_writing, endpoint => Announced(endpoint), _clock, _log);
        _listener.Start(_closing.Token);
    }

    public override bool TryAdd(Lane lane, WorkItem item) => lane switch
    {
        Lane.Write => _writes.TryAdd(item),
        Lane.Record => _writes.TryAdd(item, isOfCallbacks: true),
        Lane.Claim => _claims.TryAdd(item),
        Lane.Upkeep => _upkeep.TryAdd(item),
        Lane.Read => _reads.TryAdd(item),
        _ => _searches.TryAdd(item),
    };

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _writes.Close();
        _claims.Close();
        _upkeep.Close();
        _reads.Close();
        _searches.Close();
        await Task.Run(() => _threads.ForEach(thread => thread.Join()));
        if (_listener is not null)
        {
            await _listener.Ended;
        }
        await _writing.DisposeAsync();
        await _reading.DisposeAsync();
        _closing.Dispose();
    }

    /// <param name="connectionString">As the installation set it.</param>
    /// <param name="options">More of the server's own, each behind a space; empty: none.</param>
    public static NpgsqlDataSource Source(string connectionString, string options)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? 256 : settings.MaxAutoPrepare;
        settings.AutoPrepareMinUsages = 2;
        settings.Enlist = false;
        settings.ApplicationName ??= "ordercenter";
        settings.CommandTimeout = CommandTimeoutSeconds;
        settings.Timeout = ConnectTimeoutSeconds;

        // A commit that is cancelled while it waits for its standby is told as done, though the standby does not have it: a time-out asks for nothing more, and the
        // outcome is unknown.
        settings.CancellationTimeout = -1;
        if (settings.Host?.Contains(',', StringComparison.Ordinal) is true && settings.HostRecheckSeconds == HostRecheckDefaultSeconds)
        {
            settings.HostRecheckSeconds = 1;
        }
        if (settings.TargetSessionAttributes == "read-write")
        {
            // The sessions that only read are read-only by our own word, wherever they are.
            settings.TargetSessionAttributes = "primary";
        }
        settings.Options = (settings.Options + SessionOptions + options).Trim();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    private void StartThread(string name, Func<List<WorkItem>, int, bool> take, NpgsqlDataSource source, bool isWriter, int batchMax)
    {
        var session = new PostgresSession(source, isWriter, _options.Distribute, _clock, (reason, count) => LogGuessedWrong(_log, reason.Message, count));
        var thread = new Thread(() => Work(take, session, batchMax)) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work(Func<List<WorkItem>, int, bool> take, PostgresSession session, int batchMax)
    {
        using (session)
        {
            var batch = new List<WorkItem>(batchMax);
            while (take(batch, batchMax))
            {
                batch.RemoveAll(item => item.TryCancel());
                if (batch.Count > 0)
                {
                    Serve(session, batch);
                }
            }
        }
    }

    /// <summary>1. Together, in one transaction; once more where a guess was wrong. 2. Those that took something back, each by itself, and the others together
    /// again. 3. Where one failed, each by itself, so that it fails alone. 4. Where the database is away, all are refused.</summary>
    private void Serve(PostgresSession session, List<WorkItem> batch)
    {
        while (batch.Count > 0)
        {
            var outcome = session.Run(batch);
            switch (outcome)
            {
                case BatchOutcome.Done:
                    return;
                case BatchOutcome.Lost lost:
                    LogLost(_log, lost.Reason, batch.Count);
                    batch.ForEach(item => item.Fail(new StoreBusyException("the database cannot be reached; try again", lost.Reason)));
                    return;
                case BatchOutcome.TookBack tookBack:
                    batch = [.. batch.Except(tookBack.Items)];
                    Alone(session, tookBack.Items);
                    break;
                case BatchOutcome.Failed failed:
                    if (batch.Count > 1)
                    {
                        LogBatchFailed(_log, failed.Reason, batch.Count);
                    }
                    Alone(session, batch);
                    return;
                default:
                    throw new InvalidOperationException($"unknown outcome {outcome}");
            }
        }
    }

    /// <summary>Whether the same unit may succeed a moment later: what others hold, or a limit on its time, was in its way.</summary>
    private static bool IsPassing(Exception fault) => fault is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable,
    };

    private static void Alone(PostgresSession session, IEnumerable<WorkItem> items)
    {
        foreach (var item in items)
        {
            for (var conflict = 0; ; conflict++)
            {
                var outcome = session.Run([item]);
                if (outcome is BatchOutcome.Failed { Reason: PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } }
                    && conflict < ConflictsMax)
                {
                    continue;
                }
                if (outcome is BatchOutcome.Failed failed)
                {
                    item.Fail(IsPassing(failed.Reason) ? new StoreBusyException("the database is busy; try again", failed.Reason) : failed.Reason);
                }
                else if (outcome is BatchOutcome.Lost lost)
                {
                    item.Fail(new StoreBusyException("the database cannot be reached; try again", lost.Reason));
                }
                break;
            }
        }
    }

    private static async Task<HashSet<int>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    /// <summary>Distributes what is not distributed yet (docs/scaling.md), a table a transaction; without the extension that is a clear error.</summary>
    private async Task DistributeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var statement in Distribution.Statements)
        {
            await PlaceAsync(connection, statement, cancellationToken);
        }
        foreach (var statement in Distribution.LocalStatements)
        {
            try
            {
                await PlaceAsync(connection, statement, cancellationToken);
            }
            catch (PostgresException refusal)
            {
                LogNotInTwoPhases(_log, refusal.MessageText, refusal.Hint);
            }
        }
    }

    private static async Task PlaceAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var transaction = await LockedAsync(connection, cancellationToken);
        await RunAsync(connection, statement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Statements are constants of this program.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "schema migrated to version {Version}")]
    private static partial void LogMigrated(ILogger logger, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a batch of {Count} units failed; running them one by one")]
    private static partial void LogBatchFailed(ILogger logger, Exception? reason, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "a batch of {Count} units ran again: one expected what was not so ({Reason})")]
    private static partial void LogGuessedWrong(ILogger logger, string reason, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Citus does not commit the changes that wait for their numbers in two phases with their orders, so the feed may lack what was under way when the coordinator crashed: {Reason} {Hint}")]
    private static partial void LogNotInTwoPhases(ILogger logger, string reason, string? hint);

    [LoggerMessage(Level = LogLevel.Information, Message = "this Npgsql writes batches on the thread pool: slower than on the store's own threads")]
    private static partial void LogPooledWrites(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database cannot be reached; {Count} units were refused")]
    private static partial void LogLost(ILogger logger, Exception? reason, int count);
}
