using Microsoft.Data.Sqlite;
using OrderCenter.Domain;
using OrderCenter.Persistence.Queueing;
using OrderCenter.Persistence.Schema;
using SQLitePCL;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>SQLite, embedded: WAL and <c>synchronous=FULL</c>, one writer thread, a few reader threads. One process owns the
/// file.</summary>
internal sealed partial class SqliteEngine : DatabaseEngine
{
    private const int WritesWaitingMax = 16_384;
    private const int ReadsWaitingMax = 16_384;
    private const int SearchesWaitingMax = 64;
    private const int BatchMax = 256;
    private const int SearchThreads = 2;
    private const int BusyTimeoutSeconds = 10;

    private static readonly SqlStatement AppliedSql = new("SELECT version FROM schema_migrations");
    private static readonly SqlStatement AppliedNowSql = new("INSERT INTO schema_migrations (version, applied_ms) VALUES ($1, $2)");

    private static readonly string[] s_writerPragmas = ["journal_mode = WAL", "synchronous = FULL", "cache_size = -32768"];
    private static readonly string[] s_readerPragmas = [
        "journal_mode = WAL", "synchronous = FULL", "cache_size = -2048", "query_only = ON"];

    /// <summary>A file that is opened to be read keeps its journal mode: a backup has another one.</summary>
    private static readonly string[] s_readOnlyPragmas = ["cache_size = -2048", "query_only = ON"];

    private readonly SqliteConnectionStringBuilder _settings;
    private readonly bool _isDemo;
    private readonly bool _isBesideService;
    private readonly bool _isReadOnly;
    private readonly IReadOnlyList<Migration> _steps;
    private readonly WriteHealth _health;
    private readonly ILogger _log;
    private FileStream? _ownership;
    private readonly WorkQueue _writes = new(WritesWaitingMax);
    private readonly WorkQueue _reads = new(ReadsWaitingMax);
    private readonly WorkQueue _searches = new(SearchesWaitingMax);
    private readonly List<Thread> _threads = [];

    static SqliteEngine() => SqliteLibrary.Load();

    public SqliteEngine(DatabaseOptions options, WriteHealth health, ILogger log)
    {
        (_isDemo, _isBesideService, _isReadOnly) = (options.IsDemo, options.IsBesideService, options.IsReadOnly);
        (_steps, _health, _log) = (options.SchemaSteps, health, log);
        try
        {
            _settings = new SqliteConnectionStringBuilder(options.ConnectionString)
            {
                Pooling = false,
                DefaultTimeout = BusyTimeoutSeconds
            };
            if (_isReadOnly)
            {
                _settings.Mode = SqliteOpenMode.ReadOnly;
            }
        }
        catch (ArgumentException fault)
        {
            throw new DatabaseUnavailableException(
                $"ConnectionStrings:OrderCenter is not a SQLite connection string: {fault.Message}", fault);
        }
    }

    public override async Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (_isReadOnly)
        {
            await RequireSchemaAsync();
            return;
        }
        try
        {
            _ownership = SqliteFile.Own(_settings);
        }
        catch (DatabaseUnavailableException) when (_isBesideService)
        {
            // The service runs on it: it has migrated it, and its leases are not void.
            using var shared = Open(isWriter: false);
            var known = (await shared.QueryAsync(AppliedSql, static row => row.GetInt32(0))).ToHashSet();
            if (Migrations.Next(known, _steps) is { } missing)
            {
                throw new DatabaseUnavailableException(
                    $"the service that runs is older: its schema lacks version {missing.Version}; start the new one first");
            }
            return;
        }
        using var connection = Open(isWriter: true);
        connection.Send(SqliteSession.BeginImmediate);
        connection.Send(SqlStatement.Dynamic(Migrations.AppliedTable));
        var applied = (await connection.QueryAsync(AppliedSql, static row => row.GetInt32(0))).ToHashSet();
        if (_isDemo && DemoMark.IsDue(applied))
        {
            connection.Send(SqlStatement.Dynamic(DemoMark.Sql(clock)));
        }
        for (; Migrations.Next(applied, _steps) is { } migration; applied.Add(migration.Version))
        {
            foreach (var statement in migration.Statements)
            {
                connection.Send(SqlStatement.Dynamic(Migrations.OnSqlite(statement)));
            }
            connection.Send(AppliedNowSql, migration.Version, clock.NowMs());
            LogMigrated(_log, migration.Version);
        }
        await ClockRepair.VoidLeasesAsync(connection);
        connection.Commit();
    }

    public override void Start()
    {
        if (!_isReadOnly)
        {
            StartThread("database-write", _writes, isWriter: true);
        }
        StartThread("database-read", _reads, isWriter: false);
        for (var i = 0; i < SearchThreads; i++)
        {
            StartThread("database-search", _searches, isWriter: false, batchMax: 1);
        }
    }

    public override bool TryAdd(Lane lane, WorkItem item) => lane switch
    {
        not (Lane.Read or Lane.Search) when _isReadOnly =>
            throw new InvalidOperationException("the database was opened to be read only"),
        Lane.Write => _writes.TryAdd(item),
        Lane.Record or Lane.Claim or Lane.Upkeep => _writes.TryAdd(item, isOfCallbacks: true),
        Lane.Read => _reads.TryAdd(item),
        _ => _searches.TryAdd(item),
    };

    public override async ValueTask DisposeAsync()
    {
        _writes.Close();
        _reads.Close();
        _searches.Close();
        await Task.Run(() => _threads.ForEach(thread => thread.Join()));
        if (_ownership is not null)
        {
            await _ownership.DisposeAsync();
        }
    }

    /// <summary>The schema must be this program's.</summary>
    private async Task RequireSchemaAsync()
    {
        using var connection = Open(isWriter: false);
        try
        {
            Migrations.RequireAll((await connection.QueryAsync(AppliedSql, static row => row.GetInt32(0))).ToHashSet(), _steps);
        }
        catch (SqliteException fault)
        {
            throw new DatabaseUnavailableException(
                $"the file '{_settings.DataSource}' is no database of OrderCenter: {fault.Message}", fault);
        }
    }

    private void StartThread(string name, WorkQueue queue, bool isWriter, int batchMax = BatchMax)
    {
        var connection = Open(isWriter);
        var thread = new Thread(() => Work(connection, queue, isWriter, batchMax)) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work(SqliteSession connection, WorkQueue queue, bool isWriter, int batchMax)
    {
        var begin = isWriter ? SqliteSession.BeginImmediate : SqliteSession.Begin;
        using (connection)
        {
            var batch = new List<WorkItem>(batchMax);
            while (queue.Take(batch, batchMax))
            {
                batch.RemoveAll(item => item.TryCancel());
                if (batch.Count > 0 && !TryCommit(connection, begin, batch, out var reason))
                {
                    if (batch.Count > 1 && _health.Reason is null)
                    {
                        LogBatchFailed(_log, reason, batch.Count);
                    }
                    RunOneByOne(connection, begin, isWriter, batch);
                }

                // Where all processors are busy, other threads go first, and the next batch is larger: fewer commits, fewer hand-overs
                // (measured on 2 processors: 1.09 times the callbacks). Where one is idle, this costs nothing.
                Thread.Yield();
            }
        }
    }

    /// <summary>The failure of one item must not fail the others: each runs again in a transaction of its own.</summary>
    private void RunOneByOne(SqliteSession connection, SqlStatement begin, bool isWriter, List<WorkItem> batch)
    {
        foreach (var item in batch)
        {
            if (!TryCommit(connection, begin, [item], out var reason))
            {
                item.Fail(reason is SqliteException fault ? FaultOf(fault, isWriter) : reason!);
            }
        }
    }

    /// <summary>What an item's caller gets: faults of the disk and of its locks are transient, and nothing of the item was kept. (Where
    /// the disk failed during a commit, the commit may be found after a restart; whoever tries again finds what was done.)</summary>
    private Exception FaultOf(SqliteException fault, bool isWriter) => fault.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => _health.Refused("the database's disk is full", fault),
        raw.SQLITE_IOERR when isWriter => _health.Refused("the database's disk has a fault", fault),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN when isWriter => _health.Refused("the database cannot be written", fault),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_IOERR =>
            new DatabaseBusyException("the database is busy; try again", fault),
        _ => fault,
    };

    private static bool TryCommit(SqliteSession connection, SqlStatement begin, List<WorkItem> batch, out Exception? reason)
    {
        try
        {
            connection.Send(begin);
            foreach (var item in batch)
            {
                var run = item.RunAsync(connection);
                if (!run.IsCompleted)
                {
                    throw new InvalidOperationException("a work item awaited something other than its transaction");
                }
                run.GetAwaiter().GetResult();
            }
            connection.Commit();
            reason = null;
        }
#pragma warning disable CA1031 // Whatever failed is handed to the item's caller, or the items are run again one by one.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            connection.Rollback();
            connection.End(isCommitted: false);
            reason = fault;
            return false;
        }
        connection.End(isCommitted: true);
        WorkItem.SucceedAll(batch);
        return true;
    }

    private SqliteSession Open(bool isWriter)
    {
        var connection = new SqliteConnection(_settings.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutSeconds * 1000);
            var session = new SqliteSession(connection);
            foreach (var pragma in isWriter ? s_writerPragmas : _isReadOnly ? s_readOnlyPragmas : s_readerPragmas)
            {
                session.Send(SqlStatement.Dynamic("PRAGMA " + pragma));
            }
            return session;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new DatabaseUnavailableException($"the database at '{connection.DataSource}' cannot be opened: {fault.Message}", fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "schema migrated to version {Version}")]
    private static partial void LogMigrated(ILogger logger, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a transaction of {Count} work items failed; running them one by one")]
    private static partial void LogBatchFailed(ILogger logger, Exception? reason, int count);
}
