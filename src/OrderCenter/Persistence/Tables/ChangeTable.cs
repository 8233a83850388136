using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Domain.Statistics;

namespace OrderCenter.Persistence.Tables;

/// <summary>Changes of orders, those that wait for a number and those that have one: statements and rows.</summary>
internal static class ChangeTable
{
    private static readonly SqlStatement NoteSql = new(
        "INSERT INTO pending_changes (changes, size) VALUES ($1, length($1))") { JoinsLists = true };

    private static readonly SqlStatement FirstPendingSql = new("SELECT id FROM pending_changes ORDER BY id LIMIT 1");

    // In the order of the count, so that a step never takes an order's change without those before it: they were committed before it, so
    // whoever sees it sees them, and their rows have lower counts. Deleting is the claim: of two at once, each row is answered to one of
    // them.
    private static readonly SqlStatement SizesSql = new("SELECT id, size FROM pending_changes ORDER BY id LIMIT $1");
    private static readonly SqlStatement TakeSql = new("DELETE FROM pending_changes WHERE id <= $1 RETURNING changes");

    // The row stays locked until the commit: numbers are given by one transaction after the other, and given back by none that commits.
    private static readonly SqlStatement ReserveSql = new(
        "INSERT INTO change_heads (game_id, last_number, chain) VALUES ($1, $2, '') " +
        "ON CONFLICT (game_id) DO UPDATE SET last_number = change_heads.last_number + excluded.last_number RETURNING last_number, chain");

    private static readonly SqlStatement ChainSql = new("UPDATE change_heads SET chain = $2 WHERE game_id = $1");

    private static readonly SqlStatement InsertPageSql = new(
        "INSERT INTO change_pages (game_id, last_number, first_number, last_ms, changes, chain_before) VALUES ($1, $2, $3, $4, $5, $6)");

    private static readonly SqlStatement HeadSql = new("SELECT last_number, chain FROM change_heads WHERE game_id = $1");
    private static readonly SqlStatement GamesSql = new("SELECT game_id FROM change_heads");
    private static readonly SqlStatement HeadsSql = new("SELECT game_id, last_number FROM change_heads");

    private static readonly SqlStatement PagesSql = new(
        "SELECT first_number, changes, chain_before FROM change_pages WHERE game_id = $1 AND last_number > $2 AND first_number <= $3 " +
        "ORDER BY last_number");

    private static readonly SqlStatement PagesBehindSql = new(
        "SELECT first_number, last_number, changes, chain_before FROM change_pages WHERE game_id = $1 AND last_number > $2 " +
        "ORDER BY last_number LIMIT $3");

    private static readonly SqlStatement OldestSql = new(
        "SELECT first_number, last_number, last_ms FROM change_pages WHERE game_id = $1 ORDER BY last_number LIMIT $2");
    private static readonly SqlStatement PruneSql = new("DELETE FROM change_pages WHERE game_id = $1 AND last_number <= $2");

    /// <summary>Notes a change in the transaction that makes it. It is undone only with the transaction.</summary>
    /// <param name="transaction">The transaction that makes the change.</param>
    /// <param name="change">What happened.</param>
    /// <param name="figures">What it changes in the statistics; null: nothing.</param>
    /// <param name="attempt">The attempt of a callback that made the change; null: none.</param>
    public static void Note(Transaction transaction, Change change, OrderFigures? figures = null, CallbackFigure? attempt = null) =>
        Note(transaction, new PendingChange(change.GameId, StoredChange.Of(change), figures, attempt));

    /// <summary>Notes an attempt that changed no order, for the statistics. This never waits for another transaction, as their rows would
    /// make it.</summary>
    public static void Note(Transaction transaction, long gameId, CallbackFigure attempt) =>
        Note(transaction, new PendingChange(gameId, Change: null, Attempt: attempt));

    /// <summary>Notes refused receipts, for the statistics.</summary>
    public static void Note(Transaction transaction, long gameId, RefusalFigure refusal) =>
        Note(transaction, new PendingChange(gameId, Change: null, Refusal: refusal));

    /// <summary>Notes that an order was made, when nothing can undo it any more.</summary>
    public static void NoteCreated(Transaction transaction, Order order) =>
        Note(
            transaction,
            new Change(
                order.Id, 0, order.GameId, ChangeEvent.Created, OrderState.New, null, order.CreatedMs, order.MerchantOrderId),
            OrderFigures.Between(before: null, order));

    /// <summary>Whether a change waits for its number.</summary>
    public static async ValueTask<bool> HasPendingAsync(Transaction transaction) =>
        (await transaction.QueryAsync(FirstPendingSql, row => row.GetInt64(0))).Count > 0;

    /// <summary>Takes changes that wait, the oldest first.</summary>
    /// <param name="transaction">The step's transaction.</param>
    /// <param name="mostRows">How many rows of them at most.</param>
    /// <param name="mostCharacters">About how much at most, as it is stored: the last row is taken whole.</param>
    /// <returns>The changes, in any order; all that was pending, for the statistics; and whether more wait.</returns>
    public static async ValueTask<(List<Change> Changes, List<PendingChange> Pending, bool HasMore)> TakeAsync(
        Transaction transaction, int mostRows, int mostCharacters)
    {
        var sizes = await transaction.QueryAsync(SizesSql, row => (Id: row.GetInt64(0), Length: row.GetInt32(1)), mostRows);
        var (count, length) = (0, 0L);
        while (count < sizes.Count && length < mostCharacters)
        {
            length += sizes[count++].Length;
        }
        if (count == 0)
        {
            return ([], [], false);
        }
        var lists = await transaction.QueryAsync(TakeSql, row => row.GetString(0), sizes[count - 1].Id);
        var pending = lists.SelectMany(list => JsonSerializer.Deserialize($"[{list}]", StoredJson.Default.PendingChangeArray)!).ToList();
        return ([.. pending.Select(one => one.ToChange()).OfType<Change>()], pending, count < sizes.Count || sizes.Count == mostRows);
    }

    /// <summary>Takes the next numbers of a game.</summary>
    /// <returns>The last of them, and the chain before the first. Who has taken them says where the chain ends then
    /// (<see cref="KeepChain"/>).</returns>
    public static async ValueTask<(long Last, string Chain)> ReserveAsync(Transaction transaction, long gameId, long count) =>
        (await transaction.QueryAsync(ReserveSql, row => (row.GetInt64(0), row.GetString(1)), gameId, count))[0];

    /// <summary>Keeps changes of one game under numbers without a gap.</summary>
    /// <returns>The chain behind the last of them.</returns>
    public static string InsertPage(Transaction transaction, long firstNumber, string chain, IReadOnlyList<Change> changes)
    {
        transaction.Send(
            InsertPageSql, changes[0].GameId, firstNumber + changes.Count - 1, firstNumber, changes.Max(change => change.AtMs),
            JsonSerializer.Serialize([.. changes.Select(StoredChange.Of)], StoredJson.Default.StoredChangeArray), chain);
        return ChangeChain.Behind(chain, changes);
    }

    /// <summary>Keeps the chain behind a game's last number.</summary>
    public static void KeepChain(Transaction transaction, long gameId, string chain) => transaction.Send(ChainSql, gameId, chain);

    /// <summary>The last number of a game, and the chain behind it; 0: none was given.</summary>
    public static async ValueTask<(long Last, string Chain)> HeadAsync(Transaction transaction, long gameId) =>
        (await transaction.QueryAsync(HeadSql, row => (row.GetInt64(0), row.GetString(1)), gameId)).FirstOrDefault((0, ""));

    /// <summary>Every game that has a feed.</summary>
    public static ValueTask<List<long>> GamesAsync(Transaction transaction) => transaction.QueryAsync(GamesSql, row => row.GetInt64(0));

    /// <summary>The last number of every game that has a feed.</summary>
    public static ValueTask<List<(long GameId, long Last)>> HeadsAsync(Transaction transaction) =>
        transaction.QueryAsync(HeadsSql, static row => (row.GetInt64(0), row.GetInt64(1)));

    /// <summary>The changes of a game behind a number, in their order, as far as they are kept.</summary>
    /// <returns>The changes, and the chain behind the number <paramref name="after"/>; null: nothing behind it is kept.</returns>
    public static async ValueTask<(List<NumberedChange> Changes, string? Chain)> BehindAsync(
        Transaction transaction, long gameId, long after, int most)
    {
        var pages = await transaction.QueryAsync(
            PagesSql,
            row => (
                First: row.GetInt64(0),
                Changes: JsonSerializer.Deserialize(row.GetString(1), StoredJson.Default.StoredChangeArray)!,
                Chain: row.GetString(2)),
            gameId, after, after + most);
        var changes = pages.SelectMany(page => page.Changes.Select((change, i) => new NumberedChange(page.First + i, change.In(gameId))))
            .ToList();
        var known = changes.TakeWhile(numbered => numbered.Number <= after).ToList();
        return (
            [.. changes.Skip(known.Count).Take(most)],
            pages.Count == 0 ? null : ChangeChain.Behind(pages[0].Chain, known.ConvertAll(numbered => numbered.Change)));
    }

    /// <summary>Pages of a game behind a number, as they are stored.</summary>
    public static ValueTask<List<StoredPage>> PagesBehindAsync(Transaction transaction, long gameId, long after, int most) =>
        transaction.QueryAsync(
            PagesBehindSql, row => StoredPage.Read(gameId, row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3)),
            gameId, after, most);

    /// <summary>The oldest pages of a game that are kept, with the times of their newest changes.</summary>
    public static ValueTask<List<(long First, long Last, long LastMs)>> OldestAsync(Transaction transaction, long gameId, int most) =>
        transaction.QueryAsync(OldestSql, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), gameId, most);

    /// <summary>Forgets a game's changes up to a number.</summary>
    public static ValueTask<int> PruneAsync(Transaction transaction, long gameId, long upTo) =>
        transaction.ExecuteAsync(PruneSql, gameId, upTo);

    private static void Note(Transaction transaction, PendingChange pending) =>
        transaction.Send(NoteSql, JsonSerializer.Serialize(pending, StoredJson.Default.PendingChange));
}

/// <summary>A change as it is stored; its page says the game, its place in there the number.</summary>
/// <param name="Id">The order.</param>
/// <param name="Move">Its place within the order.</param>
/// <param name="Event">What happened.</param>
/// <param name="Pay">The order's state after it.</param>
/// <param name="Progress">The order's state after it.</param>
/// <param name="Reason">Why; null: none was given.</param>
/// <param name="Ms">Unix milliseconds.</param>
/// <param name="Own">The game's own number of the order; null: it has none.</param>
/// <param name="BackE4">What went back so far, ten-thousandths; null: not told.</param>
internal sealed record StoredChange(
    string Id, int Move, int Event, int Pay, int Progress, string? Reason, long Ms, string? Own, long? BackE4 = null)
{
    public static StoredChange Of(Change change) =>
        new(
            change.OrderId.Value, change.Move, (int)change.Event, (int)change.State.Pay, (int)change.State.Progress, change.Reason,
            change.AtMs, change.MerchantOrderId, change.RefundedMoney?.AmountE4);

    public Change In(long gameId) =>
        new(OrderId.FromStore(Id), Move, gameId, (ChangeEvent)Event, new OrderState((PayState)Pay, (Progress)Progress), Reason, Ms, Own)
        {
            RefundedMoney = BackE4 is { } backE4 ? new Money(backE4) : null,
        };
}
