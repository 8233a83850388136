using OrderCenter.Persistence;

namespace OrderCenter.OpenWork;

/// <summary>What needs a person, by game. It is counted at most once in two seconds on this node, for whoever asks: the counts of all games
/// cost no more than those of one.</summary>
public sealed class WorkCounts(Database database, TimeProvider clock)
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<WorkSnapshot>? _latest;
    private long _begun;

    /// <summary>The counts, at most two seconds old.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<WorkSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        Task<WorkSnapshot> reading;
        lock (_lock)
        {
            if (_latest is null || (_latest.IsCompleted && (!_latest.IsCompletedSuccessfully || clock.GetElapsedTime(_begun) >= KeptFor)))
            {
                _begun = clock.GetTimestamp();

                // For all who wait: nobody's leaving ends it.
                _latest = CountAsync();
            }
            reading = _latest;
        }
        return reading.WaitAsync(cancellationToken);
    }

    private async Task<WorkSnapshot> CountAsync() => await database.SearchAsync(WorkTable.ReadAsync, CancellationToken.None);
}
