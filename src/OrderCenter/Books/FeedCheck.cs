using System.Text.Json;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Books;

/// <summary>The change feed of each game: numbers without a gap, each page chained to the one before, and the last page is where the feed
/// says that it ends. Old pages are no longer kept, so the first one may have any number.</summary>
internal sealed class FeedCheck() : BooksCheck("change feed")
{
    private const int PagesMax = 50;

    private static readonly SqlStatement NextGameSql = new(
        "SELECT game_id FROM change_heads WHERE game_id > $1 ORDER BY game_id LIMIT 1");

    public override async ValueTask<BooksStep> StepAsync(Transaction transaction, object? after)
    {
        var at = after as Position ?? new Position(0, LastNumber: null, Chain: "");
        if (at.LastNumber is null)
        {
            var games = await transaction.QueryAsync(NextGameSql, row => row.GetInt64(0), at.GameId);
            if (games is not [var game])
            {
                return new BooksStep(0, [], null);
            }
            at = at with { GameId = game };
        }

        // The head before the pages and behind them: the feed goes on meanwhile, and its oldest pages are deleted.
        var before = await ChangeTable.HeadAsync(transaction, at.GameId);
        var pages = await ChangeTable.PagesBehindAsync(transaction, at.GameId, at.LastNumber ?? 0, PagesMax);
        var oldest = (await ChangeTable.OldestAsync(transaction, at.GameId, 1)).Select(page => page.First).FirstOrDefault();
        var behind = await ChangeTable.HeadAsync(transaction, at.GameId);
        var count = 0;
        foreach (var page in pages)
        {
            var isFirst = at.LastNumber is null || page.First == oldest;
            if (FaultOf(page, at, isFirst) is { } fault)
            {
                // The feed behind it cannot be judged any more.
                return Failed(count, at.GameId, fault);
            }
            count += page.Changes!.Count;
            at = at with { LastNumber = page.Last, Chain = ChangeChain.Behind(page.ChainBefore, page.Changes) };
        }
        if (pages.Count == PagesMax)
        {
            return new BooksStep(count, [], at);
        }
        return EndFault(before, behind, at) is { } wrongEnd
            ? Failed(count, at.GameId, wrongEnd)
            : new BooksStep(count, [], new Position(at.GameId, LastNumber: null, Chain: ""));
    }

    private static BooksStep Failed(int count, long gameId, string fault) =>
        new(count, [$"feed of game {gameId}: {fault}"], new Position(gameId, LastNumber: null, Chain: ""));

    /// <summary>What is wrong about a page behind a position; null: nothing.</summary>
    private static string? FaultOf(StoredPage page, Position at, bool isFirst) =>
        page.Changes is null ? $"page {page.First} to {page.Last} cannot be read"
        : page.Changes.Count != page.Last - page.First + 1 ? $"page {page.First} to {page.Last} has {page.Changes.Count} changes"
        : isFirst ? null
        : page.First != at.LastNumber + 1 ? $"page {page.First} to {page.Last} follows number {at.LastNumber}"
        : page.ChainBefore != at.Chain ? $"page {page.First} to {page.Last} is not chained to the page before"
        : null;

    /// <summary>What is wrong about the end of a feed, between what its head was before the pages were read and behind them; null: nothing.
    /// Of a feed of which no page is kept, only the head is left.</summary>
    private static string? EndFault((long Last, string Chain) before, (long Last, string Chain) behind, Position at) =>
        at.LastNumber is not { } last ? null
        : last < before.Last ? $"it ends with number {last}, and {before.Last} were given"
        : last > behind.Last ? $"it ends with number {last}, and only {behind.Last} were given"
        : (last == before.Last && at.Chain != before.Chain) || (last == behind.Last && at.Chain != behind.Chain)
            ? $"its last number {last} is not what the chain ends with"
        : null;

    /// <param name="GameId">The game, or the last one that is done.</param>
    /// <param name="LastNumber">The last number that was checked; null: none of this game, the next one is to come.</param>
    /// <param name="Chain">The chain behind it.</param>
    private sealed record Position(long GameId, long? LastNumber, string Chain);
}
