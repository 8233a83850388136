using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Changes;

/// <summary>How long the feed is kept.</summary>
public sealed record ChangeOptions(int KeepDays);

/// <summary>What came of asking for a page of a game's feed.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome()
    {
    }

    /// <param name="Items">In the order of their numbers, without a gap.</param>
    /// <param name="Next">The number behind which the next page begins.</param>
    /// <param name="HasMore">Whether there is more now.</param>
    public sealed record Page(IReadOnlyList<FeedItem> Items, long Next, bool HasMore) : FeedOutcome;

    /// <summary>What comes behind that number is no longer kept.</summary>
    /// <param name="Oldest">The oldest number that can be had, or will be.</param>
    public sealed record Gone(long Oldest) : FeedOutcome;

    /// <summary>That number was never given.</summary>
    public sealed record Unknown : FeedOutcome;
}

/// <summary>A change, with the game's own number of the order; null: it gave none.</summary>
public sealed record FeedItem(NumberedChange Numbered, string? MerchantOrderId);

/// <summary>The feed of a game's changes: read by number, and forgotten by age.</summary>
public sealed class ChangeFeed(Store.Store store, ChangeOptions options, TimeProvider clock)
{
    internal const int PruneMax = 500;

    private const long DayMs = 86_400_000;

    /// <summary>Reads on.</summary>
    /// <param name="gameId">The game.</param>
    /// <param name="after">The number behind which to begin; null: at the oldest that is kept.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreBusyException">Too many wait.</exception>
    public Task<FeedOutcome> ReadAsync(long gameId, long? after, int limit, CancellationToken cancellationToken) =>
        store.SearchAsync(transaction => ReadAsync(transaction, gameId, after, limit), cancellationToken);

    /// <summary>Forgets what is older than the feed is kept, a bounded number of each game. What is left of a game is always without a gap.</summary>
    /// <returns>Whether more may be left.</returns>
    public async Task<bool> PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = clock.GetUtcNow().ToUnixTimeMilliseconds() - (options.KeepDays * DayMs);
        var hasMore = false;
        foreach (var gameId in await store.ReadAsync(ChangeTable.GamesAsync, cancellationToken))
        {
            var oldest = await store.ReadAsync(transaction => ChangeTable.OldestAsync(transaction, gameId, PruneMax), cancellationToken);
            var old = oldest.TakeWhile(page => page.LastMs < beforeMs).ToList();
            if (old.Count > 0)
            {
                await store.UpkeepAsync(transaction => ChangeTable.PruneAsync(transaction, gameId, old[^1].Last), cancellationToken);
            }
            hasMore |= old.Count == PruneMax;
        }
        return hasMore;
    }

    private static async ValueTask<FeedOutcome> ReadAsync(Transaction transaction, long gameId, long? after, int limit)
    {
        // 1. The head before the pages: what was given when it was read is in them, unless it is no longer kept.
        var head = await ChangeTable.HeadAsync(transaction, gameId);
        var oldest = (await ChangeTable.OldestAsync(transaction, gameId, 1)).Select(page => page.First).FirstOrDefault(head + 1);

        // 2. Numbers have no gap and are forgotten from the oldest on: where they begin later than asked, it is said how far.
        if (oldest > after + 1)
        {
            return new FeedOutcome.Gone(oldest);
        }
        var behind = after ?? oldest - 1;
        var changes = await ChangeTable.BehindAsync(transaction, gameId, behind, limit + 1);
        if (changes.Count > 0 && changes[0].Number > behind + 1)
        {
            // Forgotten between the two reads.
            return new FeedOutcome.Gone(changes[0].Number);
        }
        if (changes.Count == 0 && after > head)
        {
            return new FeedOutcome.Unknown();
        }

        // 3. The game's own numbers; asked for together, so that an engine may read them together.
        var hasMore = changes.Count > limit;
        var shown = hasMore ? changes[..limit] : changes;
        var owns = shown.Select(numbered => numbered.Change.OrderId).Distinct().ToDictionary(id => id, id => OrderTable.OwnNumberAsync(transaction, id).AsTask());
        var items = new List<FeedItem>(shown.Count);
        foreach (var numbered in shown)
        {
            items.Add(new FeedItem(numbered, await owns[numbered.Change.OrderId]));
        }
        return new FeedOutcome.Page(items, shown.Count > 0 ? shown[^1].Number : after ?? head, hasMore);
    }
}
