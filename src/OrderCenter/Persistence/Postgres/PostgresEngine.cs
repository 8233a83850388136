using Npgsql;
using OrderCenter.Persistence.Queueing;

namespace OrderCenter.Persistence.Postgres;

/// <summary>PostgreSQL, shared by any number of nodes: a few writer threads, each running the batch that it takes in pipelined round
/// trips (<see cref="PostgresSession"/>) and committing it once; readers and searches on connections of their own. Nothing here waits for
/// a timer, and while the database is away every work item fails at once with a fault that the caller may retry.</summary>
internal sealed partial class PostgresEngine : DatabaseEngine
{
    private const int WritesWaitingMax = 16_384;
    private const int AsideWaitingMax = 4096;
    private const int ReadsWaitingMax = 16_384;
    private const int SearchesWaitingMax = 64;
    private const int BatchMax = 256;

    /// <summary>Half a batch: from so many waiting on, a second writer is worth its smaller batches (measured at 64 requests at once on 2
    /// processors: one writer does 1.2 times the payments of two).</summary>
    private const int SecondWriterAt = 128;
    private const int Readers = 1;

    /// <summary>On Citus a commit is prepared and committed on every server that it touches: few writers with large batches, so that many
    /// items share that (measured with and without a delay of the network: docs/decisions/0014-one-by-one-on-citus.md).</summary>
    private const int DistributedBatchMax = 64;
    private const int DistributedWriters = 2;
    private const int DistributedReaders = 2;
    private const int Searchers = 2;

    /// <summary>What a statement of a sweep may take there: it asks all servers.</summary>
    private const int DistributedUpkeepMs = 10_000;

    private readonly TimeProvider _clock;
    private readonly ServerClock _serverClock;
    private readonly ILogger _log;
    private readonly DatabaseOptions _options;
    private readonly BatchRunner _runner;
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

    public PostgresEngine(DatabaseOptions options, WriteHealth health, LeaseClock leases, TimeProvider clock, ILogger log)
    {
        (_options, _clock, _log) = (options, clock, log);
        _runner = new BatchRunner(health, clock, log);
        _serverClock = new ServerClock(options, leases, clock, log);
        if (!InlineBatchWrites.TryInline())
        {
            LogPooledWrites(log);
        }
        try
        {
            _writing = PostgresDataSource.ForWriting(options.ConnectionString);
            _reading = PostgresDataSource.ForReading(options.ConnectionString);
        }
        catch (ArgumentException fault)
        {
            throw new DatabaseUnavailableException(
                $"ConnectionStrings:OrderCenter is not a PostgreSQL connection string: {fault.Message}", fault);
        }
    }

    public override async Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await (_options.IsReadOnly ? _reading : _writing).OpenConnectionAsync(cancellationToken);
            var migrator = new PostgresMigrator(connection, _options.SchemaSteps, clock, _log);
            await (_options.IsReadOnly
                ? migrator.RequireSchemaAsync(cancellationToken)
                : migrator.MigrateAsync(_options.IsDemo, _options.Distribute, cancellationToken));
            await _serverClock.SampleAsync(connection, cancellationToken);
        }
        catch (Exception fault) when (
            fault is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or NotSupportedException)
        {
            throw new DatabaseUnavailableException(
                $"the database of ConnectionStrings:OrderCenter cannot be opened: {fault.Message}", fault);
        }
    }

    public override void Start()
    {
        var (writers, readers, batchMax) =
            _options.Distribute ? (DistributedWriters, DistributedReaders, DistributedBatchMax) : (1, Readers, BatchMax);
        for (var i = 0; i < readers; i++)
        {
            StartThread("database-read", _reads.Take, _reading, isWriter: false, batchMax);
        }
        for (var i = 0; i < Searchers; i++)
        {
            StartThread("database-search", _searches.Take, _reading, isWriter: false, batchMax: 1);
        }
        if (!_options.IsReadOnly)
        {
            StartWriters(writers, batchMax);
        }
    }

    public override bool TryAdd(Lane lane, WorkItem item) => lane switch
    {
        not (Lane.Read or Lane.Search) when _options.IsReadOnly =>
            throw new InvalidOperationException("the database was opened to be read only"),
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

    private void StartWriters(int count, int batchMax)
    {
        for (var i = 0; i < count; i++)
        {
            StartThread("database-write", _writes.Take, _writing, isWriter: true, batchMax);
        }
        if (!_options.Distribute)
        {
            StartThread("database-write", _writes.TakeAsHelper, _writing, isWriter: true, batchMax);
        }

        // On Citus a claim locks its rows in the order of their keys; two claims in one transaction would not.
        StartThread("database-claim", _claims.Take, _writing, isWriter: true, _options.Distribute ? 1 : batchMax);
        StartThread(
            "database-upkeep", _upkeep.Take, _writing, isWriter: true, batchMax: 1,
            _options.Distribute ? DistributedUpkeepMs : PostgresDataSource.LockTimeoutMs);
        _listener = new PostgresListener(_writing, endpoint => Announced(endpoint), _serverClock, _log);
        _listener.Start(_closing.Token);
    }

    private void StartThread(
        string name, Func<List<WorkItem>, int, bool> take, NpgsqlDataSource source, bool isWriter, int batchMax,
        int lockTimeoutMs = PostgresDataSource.LockTimeoutMs)
    {
        var session = new PostgresSession(source, isWriter, _options.Distribute, _clock, _runner.OnRetry)
        {
            LockTimeoutMs = lockTimeoutMs,
        };
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
                _runner.Run(session, batch);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "this Npgsql writes batches on the thread pool: slower than on the database threads")]
    private static partial void LogPooledWrites(ILogger logger);
}
