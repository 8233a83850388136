using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Statistics;

namespace OrderCenter.ChangeFeed;

/// <summary>Numbers the changes of orders: without a gap within a game, those of one order in their order. A change
/// is inserted as pending by the transaction that makes it; one node, which holds the lease, moves pending changes
/// into the feed. In the same transaction it adds what they count to the statistics.</summary>
public sealed class FeedSequencer(Database database)
{
    internal const int PageMax = 100;

    /// <summary>The rows of one step at most, and about how many characters: some 1,000 changes.</summary>
    private const int StepRowsMax = 1000;
    private const int StepCharactersMax = 300_000;

    private const long LeaseMs = 10_000;

    /// <summary>The job of <see cref="NodeLeaseTable"/>.</summary>
    internal const string Job = "change-feed";

    private readonly string _owner = Guid.NewGuid().ToString("N");

    // Whether the last step left some, so that the next one need not check first. Only a hint.
    private volatile bool _hasMore;

    /// <summary>Numbers a bounded number of pending changes.</summary>
    /// <returns>Whether more may be pending.</returns>
    /// <exception cref="DatabaseBusyException">The database is busy; nothing was done.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        // 1. Where nothing is pending, or another node has the lease, nothing is written.
        var freeBeforeMs = database.Leases.OverMs - NodeLease.ClockSkewMs;
        if (!_hasMore && !await database.ReadAsync(transaction => HasWorkAsync(transaction, freeBeforeMs), cancellationToken))
        {
            return false;
        }

        // 2. One bounded step.
        _hasMore = false;
        var lease = new NodeLease(_owner, database.Leases.NowMs + LeaseMs);
        _hasMore = await database.UpkeepAsync(transaction => StepAsync(transaction, lease, freeBeforeMs), cancellationToken);
        return _hasMore;
    }

    /// <summary>Ends this node's lease, so that another one continues at once.</summary>
    public Task ReleaseAsync() =>
        database.UpkeepAsync(transaction => NodeLeaseTable.ReleaseAsync(transaction, Job, _owner), CancellationToken.None);

    private async ValueTask<bool> HasWorkAsync(Transaction transaction, long freeBeforeMs)
    {
        var looking = ChangeTable.HasPendingAsync(transaction).AsTask();
        var held = await NodeLeaseTable.FindAsync(transaction, Job);
        return await looking && (held is null || held.Owner == _owner || held.UntilMs <= freeBeforeMs);
    }

    /// <returns>Whether more are pending and this node still has the lease.</returns>
    private static async ValueTask<bool> StepAsync(Transaction transaction, NodeLease lease, long freeBeforeMs)
    {
        if (!await NodeLeaseTable.TakeAsync(transaction, Job, lease, freeBeforeMs))
        {
            return false;
        }
        var (changes, pending, hasMore) = await ChangeTable.TakeAsync(transaction, StepRowsMax, StepCharactersMax);
        changes.Sort(static (left, right) =>
            string.CompareOrdinal(left.OrderId.Value, right.OrderId.Value) is not 0 and var order
                ? order
                : left.Move.CompareTo(right.Move));

        // The heads are locked in the order of the games, so that two transactions never deadlock.
        var games = changes.GroupBy(change => change.GameId).OrderBy(game => game.Key).Select(game => InTime([.. game])).ToList();
        var heads = games.ConvertAll(game => ChangeTable.ReserveAsync(transaction, game[0].GameId, game.Count).AsTask());
        for (var i = 0; i < games.Count; i++)
        {
            var (last, chain) = await heads[i];
            var number = last - games[i].Count + 1;
            foreach (var page in games[i].Chunk(PageMax))
            {
                chain = ChangeTable.InsertPage(transaction, number, chain, page);
                number += page.Length;
            }
            ChangeTable.KeepChain(transaction, games[i][0].GameId, chain);
        }
        StatisticsIncrements.Apply(transaction, pending);
        return hasMore;
    }

    /// <summary>Sorts by time, but keeps the sequence within each order: clocks of nodes differ.</summary>
    private static List<Change> InTime(List<Change> changes)
    {
        var timed = new List<(long Ms, Change Change)>(changes.Count);
        foreach (var change in changes)
        {
            var isSameOrder = timed.Count > 0 && timed[^1].Change.OrderId == change.OrderId;
            timed.Add((isSameOrder ? Math.Max(timed[^1].Ms, change.AtMs) : change.AtMs, change));
        }

        // OrderBy is stable.
        return [.. timed.OrderBy(pair => pair.Ms).Select(pair => pair.Change)];
    }
}
