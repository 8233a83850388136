using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>Who was paid by which purchase, and the authentic purchases that paid nothing.</summary>
internal static class PaymentTable
{
    /// <summary>Whoever holds a purchase that was refunded before it paid an order: it can pay none any more.</summary>
    public static readonly OrderId Nobody = OrderId.FromStore("0");

    private const string ClaimInto = "INSERT INTO payments (channel, environment, transaction_id, order_id, settled_ms) ";
    private const string ClaimValues = ClaimInto + "VALUES ($1, $2, $3, $4, $5)";
    private const string ClaimSql = ClaimValues + " ON CONFLICT (channel, environment, transaction_id) DO NOTHING";
    private static readonly string s_claimSelect = ClaimInto + "SELECT p1, p2, p3, p4, p5 FROM " + ManyForm.Unnest("ttttb");

    public static readonly ManyForm ClaimMany = new(
        ClaimSql, s_claimSelect + " ON CONFLICT (channel, environment, transaction_id) DO NOTHING RETURNING channel, environment, transaction_id", "ttttb", Key: [0, 1, 2])
    {
        OrFail = new(ClaimValues, s_claimSelect + " RETURNING channel, environment, transaction_id", "ttttb", Key: [0, 1, 2]),
    };

    private const string HolderSql = "SELECT order_id FROM payments WHERE channel = $1 AND environment = $2 AND transaction_id = $3";

    public static readonly ManyForm HolderMany = new(
        HolderSql,
        "SELECT p.order_id, p.channel, p.environment, p.transaction_id FROM " + ManyForm.Unnest("ttt") +
        " JOIN payments p ON p.channel = u.p1 AND p.environment = u.p2 AND p.transaction_id = u.p3",
        "ttt", Key: [0, 1, 2], KeyColumns: [1, 2, 3]);

    private const string ReleaseSql = "DELETE FROM payments WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND order_id = $4";

    private const string RecordUnappliedSql =
        "INSERT INTO unapplied_payments (order_id, channel, environment, transaction_id, seen_ms, reason, payment) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (order_id, channel, environment, transaction_id) DO NOTHING";

    private const string UnappliedSql = "SELECT payment, seen_ms, reason FROM unapplied_payments WHERE order_id = $1 ORDER BY seen_ms LIMIT 200";

    /// <summary>Claims every name of a purchase for an order, or none of them.</summary>
    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="payment">The purchase.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="isExpected">Whether the names are free in all likelihood: the order is new, and no order but this one is to be paid.</param>
    /// <returns>Whether it was claimed; otherwise the order that a name belongs to, and nothing is kept. Neither: whoever held a name has let go of it this moment.</returns>
    public static async ValueTask<(bool IsClaimed, OrderId? Holder)> ClaimAsync(Transaction transaction, Payment payment, OrderId orderId, long nowMs, bool isExpected)
    {
        var claiming = payment.Names.Select(name => (Name: name, Claim: ClaimAsync(transaction, payment, name, orderId, nowMs, isExpected).AsTask())).ToList();
        var claimed = new List<string>(claiming.Count);
        foreach (var (name, claim) in claiming)
        {
            if (await claim)
            {
                claimed.Add(name);
            }
        }
        if (claimed.Count == claiming.Count)
        {
            return (true, null);
        }
        foreach (var name in claimed)
        {
            await ReleaseAsync(transaction, payment, name, orderId);
        }
        return (false, await HolderAsync(transaction, payment));
    }

    /// <summary>The order that this purchase has paid under any of its names; null: none.</summary>
    public static async ValueTask<OrderId?> HolderAsync(Transaction transaction, Payment payment)
    {
        foreach (var name in payment.Names)
        {
            var holders = await transaction.QueryAsync(HolderSql, row => OrderId.FromStore(row.GetString(0)), payment.Channel, payment.Environment, name);
            if (holders.Count > 0)
            {
                return holders[0];
            }
        }
        return null;
    }

    /// <summary>The order that a purchase of that number has paid; null: none.</summary>
    public static ValueTask<List<OrderId>> HolderAsync(Transaction transaction, string channel, string environment, string transactionId) =>
        transaction.QueryAsync(HolderSql, row => OrderId.FromStore(row.GetString(0)), channel, environment, transactionId);

    /// <summary>Takes back claims that this same transaction made.</summary>
    public static async ValueTask ReleaseAsync(Transaction transaction, Payment payment, OrderId orderId)
    {
        foreach (var name in payment.Names)
        {
            await ReleaseAsync(transaction, payment, name, orderId);
        }
    }

    /// <summary>Keeps an authentic payment that pays nothing here. Seen again, it is kept once.</summary>
    public static ValueTask<int> RecordUnappliedAsync(Transaction transaction, OrderId orderId, Payment payment, string reason, long nowMs) =>
        transaction.ExecuteAsync(
            RecordUnappliedSql, orderId.Value, payment.Channel, payment.Environment, payment.TransactionId, nowMs, reason, OrderTable.WritePayment(payment));

    public static ValueTask<List<UnappliedPayment>> UnappliedAsync(Transaction transaction, OrderId orderId) =>
        transaction.QueryAsync(UnappliedSql, row => new UnappliedPayment(OrderTable.ReadPayment(row.GetString(0)), orderId, row.GetInt64(1), row.GetString(2)), orderId.Value);

    private static async ValueTask<bool> ClaimAsync(Transaction transaction, Payment payment, string name, OrderId orderId, long nowMs, bool isExpected) =>
        isExpected
            ? await transaction.ExpectAsync(ClaimSql, payment.Channel, payment.Environment, name, orderId.Value, nowMs)
            : await transaction.ExecuteAsync(ClaimSql, payment.Channel, payment.Environment, name, orderId.Value, nowMs) == 1;

    private static ValueTask<int> ReleaseAsync(Transaction transaction, Payment payment, string name, OrderId orderId)
    {
        transaction.TakesBack();
        return transaction.ExecuteAsync(ReleaseSql, payment.Channel, payment.Environment, name, orderId.Value);
    }
}
