using System.Security.Cryptography;
using OrderCenter.Accounts;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.PlayerData;

/// <summary>Erases personal data of players: of one who asks for it, and by age as an app says. An erasure is in the database, so that it
/// continues after a restart, and goes on page by page. An order that has not ended keeps its data until it has.</summary>
public sealed class Erasures(Database database, AppCatalog apps, Vault vault, TimeProvider clock)
{
    /// <summary>How many orders one transaction looks at, so that requests hardly wait for it.</summary>
    internal const int PageMax = 50;

    /// <summary>What stands in place of the ids of players whose orders were old.</summary>
    public const string MarkerOfAge = "erased";

    private const long HourMs = 3600_000;
    private const long DayMs = 24 * HourMs;

    // The games' numbers may not lead: a player has few orders, a game has many.
    private static readonly SqlStatement OrdersOfPlayerSql = new(
        "SELECT created_ms, order_id FROM orders WHERE user_id = $1 AND game_id + 0 = $2 AND created_ms <= $3 " +
        "AND (created_ms, order_id) > ($4, $5) ORDER BY created_ms, order_id LIMIT $6");

    private static readonly SqlStatement OldOrdersSql = new(
        "SELECT created_ms, order_id FROM orders WHERE game_id = $1 AND created_ms <= $2 " +
        "AND (created_ms, order_id) > ($3, $4) ORDER BY created_ms, order_id LIMIT $5");

    /// <summary>Begins to erase a player's data in a game, and ends his account there. Where that is being done already, it is the
    /// same.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public Task<Erasure> StartAsync(long gameId, string userId, string actor, string reason, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var drawn = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var erasure = new Erasure(
            Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), gameId, userId, $"{MarkerOfAge}-{drawn}", nowMs, actor,
            ErasureState.Running, Erased: 0, nowMs, FinishedMs: null);
        return database.WriteAsync(
            async transaction =>
            {
                var open = await ErasureTable.FindOpenAsync(transaction, userId, gameId);
                if (open is null)
                {
                    await ErasureTable.InsertAsync(transaction, erasure);
                    await Users.LeaveGameAsync(transaction, userId, gameId, erasure.Marker, nowMs);
                }
                AuditTrail.Append(
                    transaction,
                    new AuditFact("player.erase", gameId, NameOf(gameId, userId)) { After = (open ?? erasure).Id, Reason = reason }, nowMs);
                return open ?? erasure;
            },
            cancellationToken);
    }

    /// <summary>An erasure of a game; null: there is none.</summary>
    public Task<Erasure?> FindAsync(long gameId, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await ErasureTable.FindAsync(transaction, id) is { } found && found.GameId == gameId ? found : null,
            cancellationToken);

    /// <summary>The erasure by age of a game; null: none has begun.</summary>
    public Task<Erasure?> FindOfAgeAsync(long gameId, CancellationToken cancellationToken) =>
        FindAsync(gameId, IdOfAge(gameId), cancellationToken);

    /// <summary>Writes into the audit log that a player's data was given out.</summary>
    public Task RecordExportAsync(long gameId, string userId, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(
            transaction =>
            {
                AuditTrail.Append(
                    transaction, new AuditFact("player.export", gameId, NameOf(gameId, userId)) { Reason = reason }, clock.NowMs());
                return ValueTask.FromResult(true);
            },
            cancellationToken);

    /// <summary>One page of each erasure that looks for orders, and of the orders that waited.</summary>
    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var isMore = false;
        foreach (var at in await database.ReadAsync(ErasureTable.ListRunningAsync, cancellationToken))
        {
            var erasure = at.Erasure;
            isMore |= await StepAsync(
                at, OrdersOfPlayerSql, [erasure.UserId, erasure.GameId, erasure.UntilMs], ErasureState.Waiting, cancellationToken);
        }
        isMore |= await LookAgainAsync(cancellationToken);
        await database.UpkeepAsync(transaction => ErasureTable.FinishAsync(transaction, clock.NowMs()), cancellationToken);
        return isMore;
    }

    /// <summary>One page of old orders of each game that keeps its players' data for a time.</summary>
    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> StepByAgeAsync(CancellationToken cancellationToken)
    {
        var isMore = false;
        foreach (var app in apps.All.Select(entry => entry.App))
        {
            if (app.KeepPlayerDataDays is { } days)
            {
                var untilMs = clock.NowMs() - (days * DayMs);
                isMore |= await StepAsync(
                    await OpenOfAgeAsync(app.GameId, cancellationToken), OldOrdersSql, [app.GameId, untilMs], ErasureState.Running,
                    cancellationToken);
            }
        }
        return isMore;
    }

    /// <summary>When an order that has not ended is looked at again: soon for a player who waits for it.</summary>
    private static long AgainMs(string marker, long nowMs) => nowMs + (marker == MarkerOfAge ? DayMs : HourMs);

    private static string IdOfAge(long gameId) => $"age-{gameId}";

    /// <summary>What the audit log, which nothing is erased from, calls a player: the same at each act, and telling nothing.</summary>
    private string NameOf(long gameId, string userId) => vault.Digest(userId, $"player of game {gameId}");

    private async Task<ErasureTable.ErasureAt> OpenOfAgeAsync(long gameId, CancellationToken cancellationToken)
    {
        var id = IdOfAge(gameId);
        if (await database.ReadAsync(transaction => ErasureTable.FindAtAsync(transaction, id), cancellationToken) is { } found)
        {
            return found;
        }
        var nowMs = clock.NowMs();
        var begun = new Erasure(
            id, gameId, UserId: null, MarkerOfAge, UntilMs: 0, $"game {gameId}", ErasureState.Running, Erased: 0, nowMs, FinishedMs: null);
        await database.UpkeepAsync(transaction => ErasureTable.InsertAsync(transaction, begun), cancellationToken);
        return new ErasureTable.ErasureAt(begun, AfterCreatedMs: 0, AfterOrderId: "");
    }

    /// <summary>Looks at one page of orders. It is read before the transaction that erases: that one moves the erasure first, on the
    /// condition that it is where it was.</summary>
    /// <returns>Whether there may be another page.</returns>
    private async Task<bool> StepAsync(
        ErasureTable.ErasureAt at, SqlStatement ordersSql, object?[] which, ErasureState atEnd, CancellationToken cancellationToken)
    {
        var page = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                ordersSql, row => (CreatedMs: row.GetInt64(0), Id: OrderId.FromStore(row.GetString(1))),
                [.. which, at.AfterCreatedMs, at.AfterOrderId, PageMax]),
            cancellationToken);
        var isMore = page.Count == PageMax;
        if (page.Count > 0 || atEnd != ErasureState.Running)
        {
            var (lastMs, lastId) = page.Count == 0 ? (at.AfterCreatedMs, at.AfterOrderId) : (page[^1].CreatedMs, page[^1].Id.Value);
            var orders = page.ConvertAll(order => order.Id);
            await database.UpkeepAsync(
                transaction => ErasePageAsync(
                    transaction, at, orders, lastMs, lastId, isMore ? ErasureState.Running : atEnd, clock.NowMs()),
                cancellationToken);
        }
        return isMore;
    }

    private static async ValueTask<int> ErasePageAsync(
        Transaction transaction, ErasureTable.ErasureAt at, List<OrderId> orders, long lastMs, string lastId, ErasureState to, long nowMs)
    {
        if (!await ErasureTable.AdvanceAsync(transaction, at, lastMs, lastId, to))
        {
            return 0;
        }
        var erased = 0;
        foreach (var id in orders)
        {
            switch (await OrderErasure.TryEraseAsync(transaction, id, at.Erasure.Marker, nowMs))
            {
                case OrderErasureOutcome.Erased:
                    erased++;
                    break;
                case OrderErasureOutcome.Waits:
                    await ErasureTable.WaitAsync(transaction, at.Erasure.Id, id, AgainMs(at.Erasure.Marker, nowMs));
                    break;
            }
        }
        return await ErasureTable.AddErasedAsync(transaction, at.Erasure.Id, erased);
    }

    /// <summary>Looks again at orders that had not ended.</summary>
    /// <returns>Whether more are due.</returns>
    private async Task<bool> LookAgainAsync(CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var due = await database.SearchAsync(transaction => ErasureTable.ListDueAsync(transaction, nowMs, PageMax), cancellationToken);
        if (due.Count == 0)
        {
            return false;
        }
        await database.UpkeepAsync(
            async transaction =>
            {
                foreach (var (id, marker, orderId) in due)
                {
                    var outcome = await OrderErasure.TryEraseAsync(transaction, orderId, marker, nowMs);
                    await (outcome == OrderErasureOutcome.Waits
                        ? ErasureTable.PostponeAsync(transaction, id, orderId, AgainMs(marker, nowMs))
                        : ErasureTable.EndWaitAsync(transaction, id, orderId));
                    if (outcome == OrderErasureOutcome.Erased)
                    {
                        await ErasureTable.AddErasedAsync(transaction, id, 1);
                    }
                }
                return due.Count;
            },
            cancellationToken);
        return due.Count == PageMax;
    }
}
