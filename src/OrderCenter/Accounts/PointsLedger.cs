using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Accounts;

/// <summary>The ledger of points, with double entry: the two lines of a posting add up to zero. A user's balance is
/// changed by one conditional statement, so that concurrent postings never overdraw it.</summary>
public sealed class PointsLedger(Database database, TimeProvider clock)
{
    private const string UserAccount = "user";

    /// <summary>The account against points that operators give or take.</summary>
    private const string IssuedAccount = "issued";

    /// <summary>The account against points that are spent in a game.</summary>
    private const string SpentAccountPrefix = "spent:";

    /// <summary>Separates the keys of operators from those of orders and refunds.</summary>
    private const string ManualPrefix = "hand:";

    private static readonly SqlStatement FindPostingSql = new(
        "SELECT amount_e4, balance_e4, reason FROM points_postings WHERE uid = $1 AND posting_key = $2");

    private static readonly SqlStatement InsertPostingSql = new(
        "INSERT INTO points_postings (uid, posting_key, amount_e4, balance_e4, reason, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (uid, posting_key) DO NOTHING");

    private static readonly SqlStatement InsertLinesSql = new(
        "INSERT INTO points_lines (uid, posting_key, account, amount_e4) VALUES ($1, $2, $3, $4), ($1, $2, $5, $6)");

    private static readonly SqlStatement MoveBalanceSql = new(
        "UPDATE points_balances SET balance_e4 = balance_e4 + $2 WHERE uid = $1 AND balance_e4 + $2 >= $3 AND balance_e4 + $2 <= $4 " +
        "RETURNING balance_e4");

    private static readonly SqlStatement UndoBalanceSql = new("UPDATE points_balances SET balance_e4 = balance_e4 - $2 WHERE uid = $1");
    private static readonly SqlStatement BalanceSql = new("SELECT balance_e4 FROM points_balances WHERE uid = $1");

    /// <summary>Gives points, or takes them where the amount is negative. The key makes it happen once; the same key
    /// with the same amount and reason is answered as the first was, however the balance has moved since.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public Task<PostOutcome> PostAsync(
        string uid, Points amount, string reason, string idempotencyKey, string actor, GameLimit games,
        CancellationToken cancellationToken)
    {
        var posting = new Posting(
            uid, ManualPrefix + idempotencyKey, IssuedAccount, amount, reason, actor, clock.NowMs());
        return database.WriteAsync(
            async transaction => await Users.IsWithinAsync(transaction, uid, games)
                ? await PostAsync(transaction, posting, mayOwe: false)
                : new PostOutcome.NotFound(),
            cancellationToken);
    }

    /// <summary>As the other, for a caller without a limit.</summary>
    public Task<PostOutcome> PostAsync(
        string uid, Points amount, string reason, string idempotencyKey, string actor, CancellationToken cancellationToken) =>
        PostAsync(uid, amount, reason, idempotencyKey, actor, GameLimit.None, cancellationToken);

    /// <summary>A user's balance; null: there is no such user.</summary>
    public Task<Points?> BalanceAsync(string uid, CancellationToken cancellationToken) =>
        BalanceAsync(uid, GameLimit.None, cancellationToken);

    /// <summary>A user's balance; null: there is no such user, or he is in no game of the limit.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<Points?> BalanceAsync(string uid, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await Users.IsWithinAsync(transaction, uid, games) ? await FindBalanceAsync(transaction, uid) : null,
            cancellationToken);

    /// <summary>Charges a user for an order, within the caller's transaction.</summary>
    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="uid">Who pays.</param>
    /// <param name="gameId">The game in which it is spent.</param>
    /// <param name="cost">One point is one yuan.</param>
    /// <param name="postingKey">Makes it happen once: the same again is true and takes nothing.</param>
    /// <param name="reason">For the statement of account.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: the points do not suffice, or the key was used for something else; nothing was done.</returns>
    public static async ValueTask<bool> DebitAsync(
        Transaction transaction, string uid, long gameId, Money cost, string postingKey, string reason, long nowMs)
    {
        var posting = new Posting(uid, postingKey, SpentAccountPrefix + gameId, -Points.Of(cost), reason, $"game {gameId}", nowMs);
        return await PostAsync(transaction, posting, mayOwe: false) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    /// <summary>The key under which an order is charged.</summary>
    public static string ChargeKey(string orderId) => "order:" + orderId;

    /// <summary>Refunds money of what an order was charged, once for each number, within the caller's transaction. An order that was not
    /// charged gets nothing. Never more than it was charged: whoever calls has counted what went back before.</summary>
    /// <returns>False: the balance would pass its limit; nothing was done.</returns>
    public static async ValueTask<bool> RefundAsync(
        Transaction transaction, string uid, long gameId, string orderId, Money money, string number, AuditContext by, long nowMs)
    {
        if (await FindAsync(transaction, uid, ChargeKey(orderId)) is null)
        {
            return true;
        }
        var key = "refund:" + number;
        var posting = new Posting(uid, key, SpentAccountPrefix + gameId, Points.Of(money), by.Reason, by.Actor, nowMs);
        return await FindAsync(transaction, uid, key) is not null
            || await PostAsync(transaction, posting, mayOwe: false) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    /// <summary>Takes back points whose purchase was refunded, within the caller's transaction. The balance may
    /// become negative.</summary>
    /// <returns>False: no such user, the key was used for something else, or he would owe more than can be kept;
    /// nothing was done.</returns>
    public static async ValueTask<bool> ClawBackAsync(
        Transaction transaction, string uid, Money amount, string postingKey, string reason, string actor, long nowMs)
    {
        var posting = new Posting(uid, postingKey, IssuedAccount, -Points.Of(amount), reason, actor, nowMs);
        return await PostAsync(transaction, posting, mayOwe: true) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    private static async ValueTask<PostOutcome> PostAsync(Transaction transaction, Posting posting, bool mayOwe)
    {
        // 1. A repetition of the same key.
        if (await FindAsync(transaction, posting.Uid, posting.Key) is { } first)
        {
            return Again(first, posting);
        }

        // 2. The balance, where it allows the amount. A user who owes may receive less than that.
        var floorE4 = mayOwe || posting.Amount.AmountE4 > 0 ? -Points.MaxE4 : 0;
        var moved = await transaction.QueryAsync(
            MoveBalanceSql, row => row.GetInt64(0), posting.Uid, posting.Amount.AmountE4, floorE4, Points.MaxE4);
        if (moved is not [var balanceE4])
        {
            return await FindBalanceAsync(transaction, posting.Uid) switch
            {
                null => new PostOutcome.NotFound(),
                { } balance when posting.Amount.AmountE4 > 0 || mayOwe => new PostOutcome.TooLarge(balance),
                { } balance => new PostOutcome.Insufficient(balance),
            };
        }

        // 3. The posting; where a concurrent one has the same key, that one counts.
        if (await transaction.ExecuteAsync(
            InsertPostingSql, posting.Uid, posting.Key, posting.Amount.AmountE4, balanceE4, posting.Reason, posting.Actor,
            posting.AtMs) == 0)
        {
            transaction.MarkRolledBack();
            await transaction.ExecuteAsync(UndoBalanceSql, posting.Uid, posting.Amount.AmountE4);
            return Again((await FindAsync(transaction, posting.Uid, posting.Key))!, posting);
        }

        // 4. Its two lines.
        await transaction.ExecuteAsync(
            InsertLinesSql, posting.Uid, posting.Key, UserAccount, posting.Amount.AmountE4, posting.Against, -posting.Amount.AmountE4);
        AuditTrail.Append(
            transaction,
            new AuditFact("points.post", GameId: null, posting.Uid)
            {
                Before = $"{new Points(balanceE4 - posting.Amount.AmountE4)}", After = $"{new Points(balanceE4)}", Reason = posting.Reason,
            },
            posting.AtMs);
        return new PostOutcome.Posted(new Points(balanceE4));
    }

    private static ValueTask<StoredPosting?> FindAsync(Transaction transaction, string uid, string key) =>
        transaction.FindAsync(
            FindPostingSql, row => new StoredPosting(new Points(row.GetInt64(0)), new Points(row.GetInt64(1)), row.GetString(2)), uid, key);

    private static PostOutcome Again(StoredPosting first, Posting posting) =>
        first.Amount == posting.Amount && first.Reason == posting.Reason
            ? new PostOutcome.Repeated(first.Balance)
            : new PostOutcome.Different();

    private static async ValueTask<Points?> FindBalanceAsync(Transaction transaction, string uid)
    {
        var balances = await transaction.QueryAsync(BalanceSql, row => row.GetInt64(0), uid);
        return balances is [var balanceE4] ? new Points(balanceE4) : null;
    }

    private sealed record Posting(string Uid, string Key, string Against, Points Amount, string Reason, string Actor, long AtMs);

    private sealed record StoredPosting(Points Amount, Points Balance, string Reason);
}
