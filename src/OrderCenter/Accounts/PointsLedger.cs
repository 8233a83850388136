using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Accounts;

/// <summary>What came of a posting.</summary>
public abstract record PostOutcome
{
    private PostOutcome()
    {
    }

    /// <param name="Balance">The user's balance right after it.</param>
    public sealed record Posted(Points Balance) : PostOutcome;

    /// <summary>The same key with the same content: the first one's answer.</summary>
    public sealed record Repeated(Points Balance) : PostOutcome;

    /// <summary>The same key with other content.</summary>
    public sealed record Different : PostOutcome;

    /// <summary>The balance would fall below zero.</summary>
    public sealed record Insufficient(Points Balance) : PostOutcome;

    /// <summary>The balance would pass <see cref="Points.MaxE4"/>.</summary>
    public sealed record TooLarge(Points Balance) : PostOutcome;

    public sealed record NotFound : PostOutcome;
}

/// <summary>The points ledger, double entry: a posting has a line for the user and one for the account against it, and they add up to zero. A balance is
/// the sum of the user's lines, kept beside them by one conditional statement, so that it never falls below zero however many spend at once.</summary>
public sealed class PointsLedger(Store.Store store, TimeProvider clock)
{
    private const string UserAccount = "user";

    /// <summary>Against it stands what was given, and taken back, by hand.</summary>
    private const string IssuedAccount = "issued";

    /// <summary>Against it stands what was spent in a game.</summary>
    private const string SpentAccountPrefix = "spent:";

    /// <summary>Keeps the keys of callers apart from those of orders and refunds.</summary>
    private const string ByHandPrefix = "hand:";

    private const string FindPostingSql = "SELECT amount_e4, balance_e4, reason FROM points_postings WHERE uid = $1 AND posting_key = $2";

    private const string InsertPostingSql =
        "INSERT INTO points_postings (uid, posting_key, amount_e4, balance_e4, reason, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (uid, posting_key) DO NOTHING";

    private const string InsertLinesSql =
        "INSERT INTO points_lines (uid, posting_key, account, amount_e4) VALUES ($1, $2, $3, $4), ($1, $2, $5, $6)";

    private const string MoveBalanceSql =
        "UPDATE points_balances SET balance_e4 = balance_e4 + $2 WHERE uid = $1 AND balance_e4 + $2 >= $3 AND balance_e4 + $2 <= $4 RETURNING balance_e4";

    private const string UndoBalanceSql = "UPDATE points_balances SET balance_e4 = balance_e4 - $2 WHERE uid = $1";
    private const string BalanceSql = "SELECT balance_e4 FROM points_balances WHERE uid = $1";

    /// <summary>Gives points, or takes them where the amount is negative. The key makes it happen once; the same key with the same amount and reason is
    /// answered as the first was, however the balance has moved since.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was done.</exception>
    public Task<PostOutcome> PostAsync(string uid, Points amount, string reason, string idempotencyKey, string actor, CancellationToken cancellationToken)
    {
        var posting = new Posting(uid, ByHandPrefix + idempotencyKey, IssuedAccount, amount, reason, actor, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return store.WriteAsync(transaction => PostAsync(transaction, posting, mayOwe: false), cancellationToken);
    }

    /// <summary>A user's balance; null: there is no such user.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public Task<Points?> BalanceAsync(string uid, CancellationToken cancellationToken) =>
        store.ReadAsync(transaction => FindBalanceAsync(transaction, uid), cancellationToken);

    /// <summary>Takes what an order in a game costs, inside another unit of work.</summary>
    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="uid">Who pays.</param>
    /// <param name="gameId">The game in which it is spent.</param>
    /// <param name="cost">One point is one yuan.</param>
    /// <param name="postingKey">Makes it happen once: the same again is true and takes nothing.</param>
    /// <param name="reason">For the statement of account.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: the points do not suffice, or the key was used for something else; nothing was done.</returns>
    public static async ValueTask<bool> DebitAsync(Transaction transaction, string uid, long gameId, Money cost, string postingKey, string reason, long nowMs)
    {
        var posting = new Posting(uid, postingKey, SpentAccountPrefix + gameId, -Points.Of(cost), reason, $"game {gameId}", nowMs);
        return await PostAsync(transaction, posting, mayOwe: false) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    /// <summary>The key under which an order is charged.</summary>
    public static string ChargeKey(string orderId) => "order:" + orderId;

    /// <summary>Gives back what an order was charged, inside another unit of work; an order that was not charged is given nothing, and one that was given it
    /// back is not given it again.</summary>
    /// <returns>False: the balance would pass its limit; nothing was done.</returns>
    public static async ValueTask<bool> GiveBackAsync(Transaction transaction, string uid, long gameId, string orderId, string reason, string actor, long nowMs)
    {
        if (await FindAsync(transaction, uid, ChargeKey(orderId)) is not { } charged)
        {
            return true;
        }
        var key = "refund:" + orderId;
        return await FindAsync(transaction, uid, key) is not null
            || await PostAsync(transaction, new Posting(uid, key, SpentAccountPrefix + gameId, -charged.Amount, reason, actor, nowMs), mayOwe: false) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    /// <summary>Takes points back whose purchase was refunded, inside another unit of work. Where they are spent already the balance becomes negative.</summary>
    /// <returns>False: no such user, the key was used for something else, or he would owe more than can be kept; nothing was done.</returns>
    public static async ValueTask<bool> ClawBackAsync(Transaction transaction, string uid, Money amount, string postingKey, string reason, string actor, long nowMs)
    {
        var posting = new Posting(uid, postingKey, IssuedAccount, -Points.Of(amount), reason, actor, nowMs);
        return await PostAsync(transaction, posting, mayOwe: true) is PostOutcome.Posted or PostOutcome.Repeated;
    }

    private static async ValueTask<PostOutcome> PostAsync(Transaction transaction, Posting posting, bool mayOwe)
    {
        // 1. The same key again.
        if (await FindAsync(transaction, posting.Uid, posting.Key) is { } first)
        {
            return Again(first, posting);
        }

        // 2. The balance, if it allows it. Whoever owes may be given less than what he owes.
        var floorE4 = mayOwe || posting.Amount.AmountE4 > 0 ? -Points.MaxE4 : 0;
        var moved = await transaction.QueryAsync(MoveBalanceSql, row => row.GetInt64(0), posting.Uid, posting.Amount.AmountE4, floorE4, Points.MaxE4);
        if (moved is not [var balanceE4])
        {
            return await FindBalanceAsync(transaction, posting.Uid) switch
            {
                null => new PostOutcome.NotFound(),
                { } balance when posting.Amount.AmountE4 > 0 || mayOwe => new PostOutcome.TooLarge(balance),
                { } balance => new PostOutcome.Insufficient(balance),
            };
        }

        // 3. The posting; where another was faster with the same key, that one stands.
        if (await transaction.ExecuteAsync(
            InsertPostingSql, posting.Uid, posting.Key, posting.Amount.AmountE4, balanceE4, posting.Reason, posting.Actor, posting.AtMs) == 0)
        {
            transaction.TakesBack();
            await transaction.ExecuteAsync(UndoBalanceSql, posting.Uid, posting.Amount.AmountE4);
            return Again((await FindAsync(transaction, posting.Uid, posting.Key))!, posting);
        }

        // 4. Its two lines.
        await transaction.ExecuteAsync(
            InsertLinesSql, posting.Uid, posting.Key, UserAccount, posting.Amount.AmountE4, posting.Against, -posting.Amount.AmountE4);
        return new PostOutcome.Posted(new Points(balanceE4));
    }

    private static ValueTask<Kept?> FindAsync(Transaction transaction, string uid, string key) =>
        transaction.FindAsync(FindPostingSql, row => new Kept(new Points(row.GetInt64(0)), new Points(row.GetInt64(1)), row.GetString(2)), uid, key);

    private static PostOutcome Again(Kept first, Posting posting) =>
        first.Amount == posting.Amount && first.Reason == posting.Reason ? new PostOutcome.Repeated(first.Balance) : new PostOutcome.Different();

    private static async ValueTask<Points?> FindBalanceAsync(Transaction transaction, string uid)
    {
        var balances = await transaction.QueryAsync(BalanceSql, row => row.GetInt64(0), uid);
        return balances is [var balanceE4] ? new Points(balanceE4) : null;
    }

    private sealed record Posting(string Uid, string Key, string Against, Points Amount, string Reason, string Actor, long AtMs);

    private sealed record Kept(Points Amount, Points Balance, string Reason);
}
