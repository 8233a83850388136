using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>Who was paid by which purchase, and the authentic purchases that paid nothing.</summary>
internal static class PaymentTable
{
    /// <summary>Stands for the order of a purchase that was refunded before it paid one: it can pay none any more.</summary>
    public static readonly OrderId Nobody = OrderId.FromStore("0");

    /// <summary>How many orders a number is found at.</summary>
    private const int FoundMax = 1000;

    private static readonly SqlStatement ReserveSql = SqlStatement.InsertOnce(
        "payments", "channel, environment, transaction_id, order_id, settled_ms", "ttttb", key: "channel, environment, transaction_id");

    private static readonly SqlStatement FindPaidOrderSql = new(
        "SELECT order_id FROM payments WHERE channel = $1 AND environment = $2 AND transaction_id = $3")
    {
        Batch = new(
            $"SELECT p.order_id, p.channel, p.environment, p.transaction_id FROM {BatchForm.Unnest("ttt")} " +
            "JOIN payments p ON p.channel = u.p1 AND p.environment = u.p2 AND p.transaction_id = u.p3",
            "ttt", Key: [0, 1, 2], KeyColumns: [1, 2, 3]) { IsQuery = true },
    };

    private static readonly SqlStatement ReleaseSql = new(
        "DELETE FROM payments WHERE channel = $1 AND environment = $2 AND transaction_id = $3 AND order_id = $4");

    private static readonly SqlStatement RecordUnappliedSql = new(
        "INSERT INTO unapplied_payments (order_id, channel, environment, transaction_id, seen_ms, reason, payment, game_id) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) " +
        "ON CONFLICT (order_id, channel, environment, transaction_id) DO NOTHING");

    private static readonly SqlStatement IndexUnappliedSql = new(
        "INSERT INTO unapplied_transactions (transaction_id, order_id, game_id) VALUES ($1, $2, $3) " +
        "ON CONFLICT (transaction_id, order_id) DO NOTHING");

    private static readonly SqlStatement SettleOfOrderSql = new(
        "UPDATE unapplied_payments SET settled_ms = $2 WHERE order_id = $1 AND settled_ms IS NULL");

    private static readonly SqlStatement SettleSql = new(
        "UPDATE unapplied_payments SET settled_ms = $5 WHERE order_id = $1 AND channel = $2 AND environment = $3 AND transaction_id = $4");

    private static readonly SqlStatement UnappliedSql = new(
        "SELECT payment, seen_ms, reason, settled_ms FROM unapplied_payments WHERE order_id = $1 ORDER BY seen_ms LIMIT 200");

    /// <summary>Reserves every name of a purchase (its transaction ids) for an order, or none of them.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="payment">The purchase.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="isExpected">Whether the names are most likely free: the order is new, and no order but this one is to be paid.</param>
    /// <returns>Whether it was reserved; otherwise the order that a name belongs to, and nothing is kept. Neither: whoever had reserved a
    /// name has released it since.</returns>
    public static async ValueTask<(bool IsReserved, OrderId? Holder)> ReserveAsync(
        Transaction transaction, Payment payment, OrderId orderId, long nowMs, bool isExpected)
    {
        var reserving = payment.Names.Select(
            name => (Name: name, Reservation: ReserveAsync(transaction, payment, name, orderId, nowMs, isExpected).AsTask()))
            .ToList();
        var reserved = new List<string>(reserving.Count);
        foreach (var (name, reservation) in reserving)
        {
            if (await reservation)
            {
                reserved.Add(name);
            }
        }
        if (reserved.Count == reserving.Count)
        {
            return (true, null);
        }
        foreach (var name in reserved)
        {
            await ReleaseAsync(transaction, payment, name, orderId);
        }
        return (false, await FindPaidOrderAsync(transaction, payment));
    }

    /// <summary>The order that this purchase has paid under any of its names; null: none.</summary>
    public static async ValueTask<OrderId?> FindPaidOrderAsync(Transaction transaction, Payment payment)
    {
        foreach (var name in payment.Names)
        {
            var holders = await transaction.QueryAsync(
                FindPaidOrderSql, row => OrderId.FromStore(row.GetString(0)), payment.Channel, payment.Environment, name);
            if (holders.Count > 0)
            {
                return holders[0];
            }
        }
        return null;
    }

    /// <summary>The order that a purchase of that number has paid; null: none.</summary>
    public static ValueTask<List<OrderId>> FindPaidOrderAsync(
        Transaction transaction, string channel, string environment, string transactionId) =>
        transaction.QueryAsync(FindPaidOrderSql, row => OrderId.FromStore(row.GetString(0)), channel, environment, transactionId);

    /// <summary>Undoes reservations that this same transaction made.</summary>
    public static async ValueTask ReleaseAsync(Transaction transaction, Payment payment, OrderId orderId)
    {
        foreach (var name in payment.Names)
        {
            await ReleaseAsync(transaction, payment, name, orderId);
        }
    }

    /// <summary>Keeps an authentic payment that pays nothing here. Seen again, it is kept once.</summary>
    public static ValueTask<int> RecordUnappliedAsync(
        Transaction transaction, Order order, Payment payment, string reason, long nowMs)
    {
        foreach (var name in payment.Names)
        {
            transaction.Send(IndexUnappliedSql, name, order.Id.Value, order.GameId);
        }
        return transaction.ExecuteAsync(
            RecordUnappliedSql, order.Id.Value, payment.Channel, payment.Environment, payment.TransactionId, nowMs, reason,
            OrderTable.WritePayment(payment), order.GameId);
    }

    /// <summary>A person has decided about an order: nobody need look at the payments that it did not take.</summary>
    /// <returns>How many payments somebody still had to look at.</returns>
    public static ValueTask<int> SettleUnappliedAsync(Transaction transaction, OrderId orderId, long nowMs) =>
        transaction.ExecuteAsync(SettleOfOrderSql, orderId.Value, nowMs);

    /// <summary>A store gave back the money of a payment that paid nothing here, or took that back: nobody, or somebody again, need look at
    /// it.</summary>
    public static async ValueTask SettleUnappliedAsync(Transaction transaction, Payment payment, bool isRefund, long nowMs)
    {
        foreach (var orderId in await OrdersOfUnappliedAsync(transaction, payment.TransactionId, GameLimit.None))
        {
            transaction.Send(
                SettleSql, orderId.Value, payment.Channel, payment.Environment, payment.TransactionId, isRefund ? nowMs : null);
        }
    }

    /// <summary>The orders of the games that a purchase of that number was presented for and did not pay, a bounded number.</summary>
    public static ValueTask<List<OrderId>> OrdersOfUnappliedAsync(Transaction transaction, string transactionId, GameLimit games)
    {
        var conditions = new SearchConditions();
        conditions.Add("transaction_id = ?", transactionId);
        conditions.AddGames(games);
        var sql = $"SELECT order_id FROM unapplied_transactions WHERE {conditions.Text} LIMIT {FoundMax}";
        return transaction.QueryAsync(SqlStatement.Dynamic(sql), row => OrderId.FromStore(row.GetString(0)), conditions.Parameters);
    }

    /// <summary>The orders of the games with payments that somebody has to look at.</summary>
    public static ValueTask<List<OrderId>> OrdersToSettleAsync(Transaction transaction, GameLimit games, int limit)
    {
        var conditions = new SearchConditions();
        conditions.Add("settled_ms IS NULL");
        conditions.AddGames(games);
        var sql = $"SELECT DISTINCT order_id FROM unapplied_payments WHERE {conditions.Text} LIMIT {conditions.Parameter(limit)}";
        return transaction.QueryAsync(SqlStatement.Dynamic(sql), row => OrderId.FromStore(row.GetString(0)), conditions.Parameters);
    }

    public static ValueTask<List<UnappliedPayment>> UnappliedAsync(Transaction transaction, OrderId orderId) =>
        transaction.QueryAsync(
            UnappliedSql,
            row => new UnappliedPayment(
                OrderTable.ReadPayment(row.GetString(0)), orderId, row.GetInt64(1), row.GetString(2), row.Number(3)),
            orderId.Value);

    private static async ValueTask<bool> ReserveAsync(
        Transaction transaction, Payment payment, string name, OrderId orderId, long nowMs, bool isExpected) =>
        isExpected
            ? await transaction.ExecuteOptimisticAsync(ReserveSql, payment.Channel, payment.Environment, name, orderId.Value, nowMs)
            : await transaction.ExecuteAsync(ReserveSql, payment.Channel, payment.Environment, name, orderId.Value, nowMs) == 1;

    private static ValueTask<int> ReleaseAsync(Transaction transaction, Payment payment, string name, OrderId orderId)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(ReleaseSql, payment.Channel, payment.Environment, name, orderId.Value);
    }
}
