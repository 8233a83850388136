using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Persistence.Postgres;
using OrderCenter.Persistence.Queueing;
using OrderCenter.Persistence.Sqlite;

namespace OrderCenter.Persistence;

/// <summary>The database. Work items that wait together run in one transaction and share its commit (group commit); each is answered
/// after that commit and never before, so that what was acknowledged survives <c>kill -9</c> and a power cut.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>A probe is a row of random text that needs pages of its own. Old rows of its table are pruned, should it be left.</summary>
    private static readonly SqlStatement ProbeSql = new(
        "INSERT INTO request_keys (request_key, fingerprint, status, created_ms) VALUES ($1, $2, 0, $3)");
    private static readonly SqlStatement EndProbeSql = new("DELETE FROM request_keys WHERE request_key = $1");
    private const int ProbeCharacters = 64 * 1024;

    private readonly TimeProvider _clock;
    private readonly WriteHealth _health;
    private readonly DatabaseEngine _engine;
    private int _isProbing;

    /// <summary>The time of leases.</summary>
    public LeaseClock Leases { get; }

    /// <summary>Whether other processes may use the database at the same time.</summary>
    public bool IsShared { get; }

    public Database(DatabaseOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        _clock = clock;
        _health = new WriteHealth(loggers.CreateLogger<Database>());
        Leases = new LeaseClock(clock);
        IsShared = options.Engine == DatabaseOptions.Postgres;
        _engine = options.Engine switch
        {
            DatabaseOptions.Sqlite => new SqliteEngine(options, _health, loggers.CreateLogger<SqliteEngine>()),
            DatabaseOptions.Postgres => new PostgresEngine(options, _health, Leases, clock, loggers.CreateLogger<PostgresEngine>()),
            _ => throw new DatabaseUnavailableException(
                $"Storage:Engine is '{options.Engine}'; allowed: {DatabaseOptions.Sqlite}, {DatabaseOptions.Postgres}"),
        };
    }

    /// <summary>Opens the database and brings its schema up to date; work items run from then on.</summary>
    /// <exception cref="DatabaseUnavailableException">It cannot be opened; the message names what and why.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _engine.MigrateAsync(_clock, cancellationToken);
        _engine.Start();
    }

    /// <summary>Runs a work item and answers after its commit. See <see cref="Transaction"/> for what it may do.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait; nothing was done.</exception>
    public Task<T> WriteAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Write, work, cancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, for the callback dispatcher: its items wait in a queue of their own that takes turns with
    /// that of the requests.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait; nothing was done.</exception>
    public Task<T> RecordAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Record, work, cancellationToken);

    /// <summary>As <see cref="RecordAsync"/>, for claiming what is due: where writers can work side by side, it waits behind other claims
    /// only, since the endpoint that it claims for is idle meanwhile.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait; nothing was done.</exception>
    public Task<T> ClaimAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Claim, work, cancellationToken);

    /// <summary>As <see cref="RecordAsync"/>, for background work that may take long (expiry, pruning, the numbers of the feed): where
    /// writers can work side by side, no request and no callback waits behind it.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait; nothing was done.</exception>
    public Task<T> UpkeepAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Upkeep, work, cancellationToken);

    /// <summary>Runs short reads by key; those that wait together share one snapshot.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait.</exception>
    public Task<T> ReadAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Read, work, cancellationToken);

    /// <summary>Runs a read that may take long (a search, a list) where no read by key waits behind it.</summary>
    /// <exception cref="DatabaseBusyException">Too many wait.</exception>
    public Task<T> SearchAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Search, work, cancellationToken);

    /// <summary>Whether the database takes writes. While no write has failed for lack of space this is free; afterwards a probe is
    /// written, one at a time, until one is committed.</summary>
    /// <returns>Why it takes none; null: it takes them.</returns>
    public async Task<string?> WhyNoWritesAsync(CancellationToken cancellationToken)
    {
        if (_health.Reason is null || Interlocked.Exchange(ref _isProbing, 1) == 1)
        {
            return _health.Reason;
        }
        try
        {
            var key = "probe-" + RandomNumberGenerator.GetHexString(32);
            var nowMs = _clock.NowMs();
            await WriteAsync(
                transaction => transaction.ExecuteAsync(ProbeSql, key, RandomNumberGenerator.GetHexString(ProbeCharacters), nowMs),
                cancellationToken);
            _health.Recovered();
            await WriteAsync(transaction => transaction.ExecuteAsync(EndProbeSql, key), cancellationToken);
        }
        catch (DatabaseBusyException)
        {
            // It still takes none; the next call probes again.
        }
        finally
        {
            Volatile.Write(ref _isProbing, 0);
        }
        return _health.Reason;
    }

    /// <summary>Called when a commit of any node announces that something is due at an endpoint (<see cref="Transaction.Announce"/>);
    /// only between nodes.</summary>
    public Action<string> Announced
    {
        set => _engine.Announced = value;
    }

    /// <summary>Runs what waits, then closes.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private Task<T> Enqueue<T>(Lane lane, Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var item = new WorkItem<T>(work, isLight: lane == Lane.Record, _clock.GetTimestamp(), cancellationToken);
        return _engine.TryAdd(lane, item) ? item.Answer : throw new DatabaseBusyException("the store is busy; try again");
    }
}
