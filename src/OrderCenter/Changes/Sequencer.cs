using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Changes;

/// <summary>Gives the changes of orders their numbers: gapless within a game, an order's own in their order. A change is noted in the transaction that makes it,
/// in any order among orders; whoever numbers it moves it from what waits into the feed in one transaction. One node does it at a time, by a lease; were there
/// two, the rows that wait would each be taken by one of them, and the game's head would have the one wait for the other.</summary>
public sealed class Sequencer(Store.Store store, TimeProvider clock)
{
    internal const int PageMax = 100;

    /// <summary>Rows that one step takes at most, and about how much of them: some 1,000 changes.</summary>
    private const int StepRowsMax = 1000;
    private const int StepCharactersMax = 150_000;

    private const long LeaseMs = 10_000;

    private readonly string _owner = Guid.NewGuid().ToString("N");

    // Whether the last step left some, so that the next one need not look first. Only a hint.
    private volatile bool _hasMore;

    /// <summary>Numbers what waits, a bounded number.</summary>
    /// <returns>Whether more may wait.</returns>
    /// <exception cref="StoreBusyException">The store is busy; nothing was done.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        // 1. Where nothing waits, or another node is at it, nothing is written.
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_hasMore && !await store.ReadAsync(transaction => HasWorkAsync(transaction, nowMs), cancellationToken))
        {
            return false;
        }

        // 2. One bounded step.
        _hasMore = false;
        var lease = new NodeLease(_owner, nowMs + LeaseMs);
        _hasMore = await store.UpkeepAsync(transaction => StepAsync(transaction, lease, nowMs - NodeLease.ClockSkewMs), cancellationToken);
        return _hasMore;
    }

    private async ValueTask<bool> HasWorkAsync(Transaction transaction, long nowMs)
    {
        var looking = ChangeTable.HasPendingAsync(transaction).AsTask();
        var (owner, untilMs) = await ChangeTable.LeaseAsync(transaction);
        return await looking && (owner == _owner || untilMs <= nowMs - NodeLease.ClockSkewMs);
    }

    /// <returns>Whether more wait, and it is still for this node to number them.</returns>
    private static async ValueTask<bool> StepAsync(Transaction transaction, NodeLease lease, long freeBeforeMs)
    {
        if (!await ChangeTable.TakeLeaseAsync(transaction, lease, freeBeforeMs))
        {
            return false;
        }
        var (changes, hasMore) = await ChangeTable.TakeAsync(transaction, StepRowsMax, StepCharactersMax);
        changes.Sort(static (left, right) => string.CompareOrdinal(left.OrderId.Value, right.OrderId.Value) is var order && order != 0 ? order : left.Move.CompareTo(right.Move));

        // The heads in the order of the games, so that no two transactions wait for each other; asked for together.
        var games = changes.GroupBy(change => change.GameId).OrderBy(game => game.Key).Select(game => InTime([.. game])).ToList();
        var heads = games.ConvertAll(game => ChangeTable.ReserveAsync(transaction, game[0].GameId, game.Count).AsTask());
        for (var i = 0; i < games.Count; i++)
        {
            var number = await heads[i] - games[i].Count + 1;
            foreach (var page in games[i].Chunk(PageMax))
            {
                ChangeTable.InsertPage(transaction, number, page);
                number += page.Length;
            }
        }
        return hasMore;
    }

    /// <summary>By time, as far as that keeps the order within each order: clocks of nodes differ.</summary>
    private static List<Change> InTime(List<Change> changes)
    {
        var timed = new List<(long Ms, Change Change)>(changes.Count);
        foreach (var change in changes)
        {
            var isSameOrder = timed.Count > 0 && timed[^1].Change.OrderId == change.OrderId;
            timed.Add((isSameOrder ? Math.Max(timed[^1].Ms, change.AtMs) : change.AtMs, change));
        }

        // OrderBy keeps what is equal as it stood.
        return [.. timed.OrderBy(pair => pair.Ms).Select(pair => pair.Change)];
    }
}
