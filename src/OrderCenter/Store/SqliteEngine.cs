using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OrderCenter.Store.Schema;

namespace OrderCenter.Store;

/// <summary>SQLite, embedded: WAL and <c>synchronous=FULL</c>, one writer thread, a few reader threads. One process owns the file.</summary>
internal sealed partial class SqliteEngine : Engine
{
    private const int WritesWaitingMax = 16_384;
    private const int ReadsWaitingMax = 16_384;
    private const int SearchesWaitingMax = 64;
    private const int BatchMax = 256;
    private const int SearchThreads = 2;
    private const int BusyTimeoutSeconds = 10;

    private readonly SqliteConnectionStringBuilder _settings;
    private readonly ILogger _log;
    private FileStream? _ownership;
    private readonly WorkQueue _writes = new(WritesWaitingMax);
    private readonly WorkQueue _reads = new(ReadsWaitingMax);
    private readonly WorkQueue _searches = new(SearchesWaitingMax);
    private readonly List<Thread> _threads = [];

    static SqliteEngine() => SystemSqlite.Use();

    public SqliteEngine(string connectionString, ILogger log)
    {
        _log = log;
        try
        {
            _settings = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, DefaultTimeout = BusyTimeoutSeconds };
        }
        catch (ArgumentException fault)
        {
            throw new StoreUnavailableException($"ConnectionStrings:OrderCenter is not a SQLite connection string: {fault.Message}", fault);
        }
    }

    public override async Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        _ownership = Own(_settings.DataSource);
        using var connection = Open(write: true);
        connection.Run("BEGIN IMMEDIATE");
        await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, applied_ms bigint NOT NULL)");
        var applied = (await connection.QueryAsync("SELECT version FROM schema_migrations", row => row.GetInt32(0))).ToHashSet();
        for (; Migrations.Next(applied) is { } migration; applied.Add(migration.Version))
        {
            foreach (var statement in migration.Statements)
            {
                await connection.ExecuteAsync(Migrations.OnSqlite(statement));
            }
            await connection.ExecuteAsync("INSERT INTO schema_migrations (version, applied_ms) VALUES ($1, $2)", migration.Version, clock.GetUtcNow().ToUnixTimeMilliseconds());
            LogMigrated(_log, migration.Version);
        }
        connection.Run("COMMIT");
    }

    public override void Start()
    {
        StartThread("store-write", _writes, write: true);
        StartThread("store-read", _reads, write: false);
        for (var i = 0; i < SearchThreads; i++)
        {
            StartThread("store-search", _searches, write: false, batchMax: 1);
        }
    }

    public override bool TryAdd(Lane lane, WorkItem item) => lane switch
    {
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

    private void StartThread(string name, WorkQueue queue, bool write, int batchMax = BatchMax)
    {
        var connection = Open(write);
        var thread = new Thread(() => Work(connection, queue, write ? "BEGIN IMMEDIATE" : "BEGIN", batchMax)) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Work(SqliteTransaction connection, WorkQueue queue, string begin, int batchMax)
    {
        using (connection)
        {
            var batch = new List<WorkItem>(batchMax);
            while (queue.Take(batch, batchMax))
            {
                batch.RemoveAll(item => item.TryCancel());
                if (batch.Count > 0 && !TryCommit(connection, begin, batch, out var reason))
                {
                    if (batch.Count > 1)
                    {
                        LogBatchFailed(_log, reason, batch.Count);
                    }
                    RunOneByOne(connection, begin, batch);
                }

                // Where all processors are busy, whoever waits for one goes first, and the next batch is larger: fewer commits, fewer hand-overs (measured on
                // 2 processors: 1.09 times the callbacks). Where one is idle, this costs nothing.
                Thread.Yield();
            }
        }
    }

    /// <summary>One unit's failure must not fail its neighbours: each runs again in a transaction of its own.</summary>
    private static void RunOneByOne(SqliteTransaction connection, string begin, List<WorkItem> batch)
    {
        foreach (var item in batch)
        {
            if (!TryCommit(connection, begin, [item], out var reason))
            {
                item.Fail(reason!);
            }
        }
    }

    private static bool TryCommit(SqliteTransaction connection, string begin, List<WorkItem> batch, out Exception? reason)
    {
        try
        {
            connection.Run(begin);
            foreach (var item in batch)
            {
                var run = item.RunAsync(connection);
                if (!run.IsCompleted)
                {
                    throw new InvalidOperationException("a unit of work awaited something other than its transaction");
                }
                run.GetAwaiter().GetResult();
            }
            connection.Run("COMMIT");
            reason = null;
        }
#pragma warning disable CA1031 // Whatever failed is handed to the unit's caller, or the units are run again one by one.
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

    private SqliteTransaction Open(bool write)
    {
        var connection = new SqliteConnection(_settings.ToString());
        try
        {
            connection.Open();
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutSeconds * 1000);
            var session = new SqliteTransaction(connection);
            session.Run("PRAGMA journal_mode = WAL");
            session.Run("PRAGMA synchronous = FULL");
            session.Run(write ? "PRAGMA cache_size = -32768" : "PRAGMA cache_size = -2048");
            if (!write)
            {
                session.Run("PRAGMA query_only = ON");
            }
            return session;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new StoreUnavailableException($"the database at '{connection.DataSource}' cannot be opened: {fault.Message}", fault);
        }
    }

    /// <summary>A second process on the same file would not see this one's memory (apps, leases), so it is refused. The system frees the lock of a dead process.</summary>
    private static FileStream? Own(string dataSource)
    {
        if (dataSource is "" or ":memory:")
        {
            throw new StoreUnavailableException("ConnectionStrings:OrderCenter names no file; orders must outlive the process: Data Source=path/to/file.db");
        }
        try
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(dataSource))!;
            Directory.CreateDirectory(directory);
            return new FileStream(dataSource + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"the database at '{dataSource}' is in use by another process or not writable: {fault.Message}", fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "schema migrated to version {Version}")]
    private static partial void LogMigrated(ILogger logger, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a batch of {Count} units failed; running them one by one")]
    private static partial void LogBatchFailed(ILogger logger, Exception? reason, int count);
}

/// <summary>One SQLite connection with its prepared statements; used by one thread.</summary>
internal sealed class SqliteTransaction(SqliteConnection connection) : Transaction, IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);

    public void Run(string sql) => Prepare(sql).Execute([]);

    public void Rollback()
    {
        try
        {
            Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself already (a full disk, an I/O error); there is nothing left to undo.
        }
    }

    public override ValueTask<int> ExecuteAsync(string sql, params object?[] parameters) => ValueTask.FromResult(Prepare(sql).Execute(parameters));

    public override void Send(string sql, params object?[] parameters) => Prepare(sql).Execute(parameters);

    public override ValueTask<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters) =>
        ValueTask.FromResult(Prepare(sql).Query(read, parameters));

    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Dispose();
        }
        connection.Dispose();
    }

    private SqliteStatement Prepare(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection.Handle!, sql);
            _prepared.Add(sql, statement);
        }
        return statement;
    }
}

/// <summary>The operating system's SQLite, patched by the operating system, instead of a bundled copy.</summary>
internal static class SystemSqlite
{
    private static int s_done;

    public static void Use()
    {
        if (Interlocked.Exchange(ref s_done, 1) == 1)
        {
            return;
        }
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(SqliteCalls).Assembly, Resolve);
        var provider = new SQLitePCL.SQLite3Provider_e_sqlite3();

        // Every connection here is used by one thread at a time, and nobody reads SQLite's statistics of its memory: mutexes around each call and each
        // allocation would only cost.
        ((SQLitePCL.ISQLite3Provider)provider).sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        ((SQLitePCL.ISQLite3Provider)provider).sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
        SQLitePCL.raw.SetProvider(provider);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }
        var system = OperatingSystem.IsWindows() ? "winsqlite3" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";
        return NativeLibrary.Load(system, assembly, path);
    }
}
