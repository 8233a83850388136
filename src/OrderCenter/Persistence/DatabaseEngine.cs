using OrderCenter.Persistence.Queueing;

namespace OrderCenter.Persistence;

/// <summary>What differs between the databases: connections, how a batch is run, settings, how starts at the same time are
/// serialized.</summary>
internal abstract class DatabaseEngine : IAsyncDisposable
{
    public abstract Task MigrateAsync(TimeProvider clock, CancellationToken cancellationToken);

    public abstract void Start();

    /// <summary>See <see cref="Database.Announced"/>.</summary>
    public Action<string> Announced { get; set; } = static _ => { };

    public abstract bool TryAdd(Lane lane, WorkItem item);

    public abstract ValueTask DisposeAsync();
}
