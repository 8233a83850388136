using Microsoft.Extensions.Logging;
using OrderCenter.Store.Schema;

namespace OrderCenter.Store;

/// <summary>Too many units of work wait, the database cannot be reached, or the store is closing: a passing fault that the caller may retry.</summary>
public sealed class StoreBusyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The one store. Units of work that wait together run in one transaction and share its commit (group commit); each is answered after that
/// commit and never before, so that what was acknowledged survives <c>kill -9</c> and a power cut.</summary>
public sealed class Store : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly Engine _engine;

    public Store(StoreOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        _clock = clock;
        _engine = options.Engine switch
        {
            StoreOptions.Sqlite => new SqliteEngine(options.ConnectionString, loggers.CreateLogger<SqliteEngine>()),
            StoreOptions.Postgres => new PostgresEngine(options, clock, loggers.CreateLogger<PostgresEngine>()),
            _ => throw new StoreUnavailableException($"Storage:Engine is '{options.Engine}'; allowed: {StoreOptions.Sqlite}, {StoreOptions.Postgres}"),
        };
    }

    /// <summary>Opens the database and brings its schema up to date. Work is taken from then on.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be opened; the message names what and why.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _engine.MigrateAsync(_clock, cancellationToken);
        _engine.Start();
    }

    /// <summary>Runs a unit of work and answers after its commit. See <see cref="Transaction"/> for what a unit may do.</summary>
    /// <exception cref="StoreBusyException">Too many wait; nothing was done.</exception>
    public Task<T> WriteAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Write, work, cancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, for the callback engine: its units wait in a line of their own that takes turns with that of the requests.</summary>
    /// <exception cref="StoreBusyException">Too many wait; nothing was done.</exception>
    public Task<T> RecordAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Record, work, cancellationToken);

    /// <summary>As <see cref="RecordAsync"/>, for looking at what is due and claiming it: where writers can work side by side, it waits behind nothing but its like,
    /// since the endpoint that it claims for stands idle meanwhile.</summary>
    /// <exception cref="StoreBusyException">Too many wait; nothing was done.</exception>
    public Task<T> ClaimAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Claim, work, cancellationToken);

    /// <summary>As <see cref="RecordAsync"/>, for what is done beside requests and calls and may take its time (sweeps, pruning, the numbers of the feed):
    /// where writers can work side by side, neither waits behind it.</summary>
    /// <exception cref="StoreBusyException">Too many wait; nothing was done.</exception>
    public Task<T> UpkeepAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Upkeep, work, cancellationToken);

    /// <summary>Runs short reads by key; those that wait together share one snapshot.</summary>
    /// <exception cref="StoreBusyException">Too many wait.</exception>
    public Task<T> ReadAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Read, work, cancellationToken);

    /// <summary>Runs a read that may take long (a search, a list) where no read by key waits behind it.</summary>
    /// <exception cref="StoreBusyException">Too many wait.</exception>
    public Task<T> SearchAsync<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) =>
        Enqueue(Lane.Search, work, cancellationToken);

    /// <summary>Told when a commit of any node says that something is due at an endpoint (<see cref="Transaction.Announce"/>); only between nodes.</summary>
    public Action<string> Announced
    {
        set => _engine.Announced = value;
    }

    /// <summary>Finishes what waits, then closes.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private Task<T> Enqueue<T>(Lane lane, Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var item = new WorkItem<T>(work, isLight: lane == Lane.Record, cancellationToken);
        return _engine.TryAdd(lane, item) ? item.Answer : throw new StoreBusyException("the store is busy; try again");
    }
}

/// <summary>Where a unit of work waits.</summary>
internal enum Lane
{
    Write,

    /// <summary>Writes of the callback engine.</summary>
    Record,

    /// <summary>Its claims.</summary>
    Claim,

    /// <summary>Writes that nobody waits for.</summary>
    Upkeep,
    Read,
    Search,
}

/// <summary>Where the data is.</summary>
/// <param name="Engine"><see cref="Sqlite"/> or <see cref="Postgres"/>.</param>
/// <param name="ConnectionString">SQLite's or Npgsql's.</param>
/// <param name="Distribute">Whether the tables are spread by PostgreSQL's Citus extension; the migration spreads what is not yet.</param>
public sealed record StoreOptions(string Engine, string ConnectionString, bool Distribute = false)
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
}

/// <summary>The database cannot be opened.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What truly differs between the databases: connections, how a batch is run, pragmas, how several starts at once are kept apart.</summary>
internal abstract class Engine : IAsyncDisposable
{
    public abstract Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken);

    public abstract void Start();

    /// <summary>See <see cref="Store.Announced"/>.</summary>
    public Action<string> Announced { get; set; } = static _ => { };

    public abstract bool TryAdd(Lane lane, WorkItem item);

    public abstract ValueTask DisposeAsync();
}
