using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ChangeFeed;

/// <summary>Reads and prunes the change feed of a game.</summary>
public sealed class FeedReader(Database database, ChangeFeedOptions options, TimeProvider clock)
{
    internal const int PruneMax = 500;

    private const long DayMs = 86_400_000;

    /// <param name="gameId">The game.</param>
    /// <param name="after">The position to continue from; null: the oldest change that is kept.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<FeedOutcome> ReadAsync(long gameId, FeedPosition? after, int limit, CancellationToken cancellationToken) =>
        database.SearchAsync(transaction => ReadAsync(transaction, gameId, after, limit), cancellationToken);

    /// <summary>Deletes changes that are older than the feed is kept, a bounded number of each game. What remains has no gap.</summary>
    /// <returns>Whether more may be left.</returns>
    public async Task<bool> PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = clock.NowMs() - (options.KeepDays * DayMs);
        var hasMore = false;
        foreach (var gameId in await database.ReadAsync(ChangeTable.GamesAsync, cancellationToken))
        {
            var oldest = await database.ReadAsync(transaction => ChangeTable.OldestAsync(transaction, gameId, PruneMax), cancellationToken);
            var old = oldest.TakeWhile(page => page.LastMs < beforeMs).ToList();
            if (old.Count > 0)
            {
                await database.UpkeepAsync(transaction => ChangeTable.PruneAsync(transaction, gameId, old[^1].Last), cancellationToken);
            }
            hasMore |= old.Count == PruneMax;
        }
        return hasMore;
    }

    private static async ValueTask<FeedOutcome> ReadAsync(Transaction transaction, long gameId, FeedPosition? from, int limit)
    {
        // 1. The head, before the pages: every number up to it is in them, unless it is no longer kept.
        var (head, headChain) = await ChangeTable.HeadAsync(transaction, gameId);
        var oldest = (await ChangeTable.OldestAsync(transaction, gameId, 1)).Select(page => page.First).FirstOrDefault(head + 1);

        // 2. Numbers have no gap and are deleted from the oldest on.
        if (from is { } place && oldest > place.Number + 1)
        {
            return new FeedOutcome.Gone(oldest);
        }
        var behind = from?.Number ?? oldest - 1;
        var (changes, found) = await ChangeTable.BehindAsync(transaction, gameId, behind, limit + 1);
        if (changes.Count > 0 && changes[0].Number > behind + 1)
        {
            // Deleted between the two reads.
            return new FeedOutcome.Gone(changes[0].Number);
        }

        // 3. Whether the position is of this history: after a restore of the database its number may not exist, or be another
        // change.
        var chain = found ?? (behind == head ? headChain : null);
        if (from is { } known && known.Chain != chain)
        {
            return new FeedOutcome.OtherHistory(oldest);
        }

        var hasMore = changes.Count > limit;
        var shown = hasMore ? changes[..limit] : changes;
        var nextChain = ChangeChain.Behind(chain ?? "", [.. shown.Select(numbered => numbered.Change)]);
        return new FeedOutcome.Page(shown, new FeedPosition(behind + shown.Count, nextChain), hasMore);
    }
}
