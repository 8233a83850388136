using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Persistence.Tables;

/// <summary>The orders table and the keys of games' own order numbers: statements and rows.</summary>
internal static class OrderTable
{
    private const string Columns =
        "order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, channel, notify_url, " +
        "attributes, " +
        "pay_state, progress, state_reason, is_test, created_ms, expires_ms, paid_ms, delivered_ms, payment, moves, refunded_ms, " +
        "erased_ms, refunds";

    private static readonly SqlStatement InsertSql = SqlStatement.InsertOnce(
        "orders",
        "order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, channel, notify_url, " +
        "attributes, " +
        "created_ms, expires_ms",
        "tbtttbttitttbb", key: "order_id");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM orders WHERE order_id = $1")
    {
        Batch = new($"SELECT {Columns} FROM orders WHERE order_id = ANY($1::text[])", "t", Key: [0]) { IsQuery = true },
    };

    // The state is in the condition, so that of two writers one changes a row and the other none. Every move is counted, and noted under
    // its count for the feed.
    private static readonly SqlStatement MoveSql = new(
        "UPDATE orders SET pay_state = $4, progress = $5, state_reason = $6, delivered_ms = $7, refunded_ms = $8, moves = moves + 1 " +
        "WHERE order_id = $1 AND pay_state = $2 AND progress = $3 RETURNING moves, merchant_order_id")
    {
        Batch = new(
            "UPDATE orders SET pay_state = u.p4, progress = u.p5, state_reason = u.p6, delivered_ms = u.p7, refunded_ms = u.p8, " +
            "moves = orders.moves + 1 " +
            $"FROM {BatchForm.Unnest(MoveTypes)} WHERE orders.order_id = u.p1 AND orders.pay_state = u.p2 AND orders.progress = u.p3 " +
            "RETURNING orders.moves, orders.merchant_order_id, orders.order_id",
            MoveTypes, Key: [0], KeyColumns: [2]),
    };

    private const string PayTo =
        "progress = $3, state_reason = $4, paid_ms = $5, payment = $6, channel = $7, is_test = $8, merchant_order_id = $9, moves = " +
        "moves + 1 " +
        "WHERE order_id = $1";

    private const string PayBatchTo =
        "progress = u.p3, state_reason = u.p4, paid_ms = u.p5, payment = u.p6, channel = u.p7, is_test = u.p8, merchant_order_id = u.p9, " +
        "moves = orders.moves + 1 FROM ";

    // Every move is counted: an order that has moved as often as when it was read is in the state that was read. An order without a pay
    // state is refused by the table itself: so does the second write fail that finds the order moved.
    private static readonly SqlStatement PaySql = new($"UPDATE orders SET pay_state = 1, {PayTo} AND moves = $2")
    {
        Batch = new(
            $"UPDATE orders SET pay_state = 1, {PayBatchTo}{BatchForm.Unnest(PayTypes)} WHERE orders.order_id = u.p1 " +
            $"AND orders.moves = u.p2 " +
            "RETURNING orders.order_id",
            PayTypes, Key: [0]),
        OrFail = new($"UPDATE orders SET pay_state = CASE WHEN moves = $2 THEN 1 END, {PayTo}")
        {
            Batch = new(
                $"UPDATE orders SET pay_state = CASE WHEN orders.moves = u.p2 THEN 1 END, {PayBatchTo}{BatchForm.Unnest(PayTypes)} " +
                "WHERE orders.order_id = u.p1 RETURNING orders.order_id",
                PayTypes, Key: [0]),
        },
    };

    // The order follows its callback while it is being delivered; the game itself, a refund or a person may have been faster. The order
    // was not read: the statement answers what the statistics need of it.
    private static readonly SqlStatement DeliveredSql = new(
        "UPDATE orders SET progress = 1, state_reason = NULL, delivered_ms = $2, moves = moves + 1 " +
        "WHERE order_id = $1 AND pay_state = 1 AND progress IN (2, 3) " +
        "RETURNING moves, merchant_order_id, order_id, amount_e4, currency, product_id, channel, is_test")
    {
        Batch = new(
            "UPDATE orders SET progress = 1, state_reason = NULL, delivered_ms = u.p2, moves = orders.moves + 1 " +
            $"FROM {BatchForm.Unnest("tb")} WHERE orders.order_id = u.p1 AND orders.pay_state = 1 AND orders.progress IN (2, 3) " +
            "RETURNING orders.moves, orders.merchant_order_id, orders.order_id, orders.amount_e4, orders.currency, orders.product_id, " +
            "orders.channel, orders.is_test",
            "tb", Key: [0], KeyColumns: [2]),
    };

    private static readonly SqlStatement FailedSql = new(
        "UPDATE orders SET progress = 3, state_reason = $2, moves = moves + 1 WHERE order_id = $1 AND pay_state = 1 AND progress = 2 " +
        "RETURNING moves, merchant_order_id");

    private const string MoveTypes = "tiiiitbb";
    private const string PayTypes = "tiitbttit";

    private static readonly SqlStatement NoteSql = new(
        "UPDATE orders SET state_reason = $4 WHERE order_id = $1 AND pay_state = $2 AND progress = $3");
    private static readonly SqlStatement SaveAttributesSql = new(
        "UPDATE orders SET attributes = $4 WHERE order_id = $1 AND pay_state = $2 AND progress = $3");
    private static readonly SqlStatement DeleteSql = new("DELETE FROM orders WHERE order_id = $1");

    /// <summary>Reads orders by their numbers, behind one of them: its parameters are that number and how many at most. <see cref="Read"/>
    /// reads the rows.</summary>
    public static readonly SqlStatement PageSql = new($"SELECT {Columns} FROM orders WHERE order_id > $1 ORDER BY order_id LIMIT $2");

    /// <summary>The orders newest first.</summary>
    public static readonly ListTable<OrderRow> List = new(
        "orders", Columns, ["created_ms", "order_id"], Read, row => new ListKey(row.Order.CreatedMs, row.Order.Id.Value));

    /// <summary>Makes an order. When nothing can undo it any more, that is noted: <see cref="ChangeTable.NoteCreated"/>.</summary>
    /// <returns>False: another order has the number already.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, Order order) =>
        await transaction.ExecuteOptimisticAsync(
            InsertSql, order.Id.Value, order.GameId, order.MerchantOrderId, order.ProductId, order.ProductName,
            order.Money.AmountE4, order.Currency, order.UserId,
            order.Quantity, order.Channel, order.NotifyUrl, WriteAttributes(order.Attributes), order.CreatedMs, order.ExpiresMs);

    public static ValueTask<OrderRow?> FindAsync(Transaction transaction, OrderId id) => transaction.FindAsync(FindSql, Read, id.Value);

    /// <summary>Deletes an order that this same transaction inserted and has not noted yet.</summary>
    public static ValueTask<int> DeleteAsync(Transaction transaction, OrderId id)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(DeleteSql, id.Value);
    }

    /// <returns>False: the order is no longer in the state that was read; nothing changed.</returns>
    public static ValueTask<bool> MoveAsync(
        Transaction transaction, Order order, OrderState to, string? reason, long? deliveredMs, long nowMs)
    {
        RequireLegal(order, to);
        var after = order with
        {
            State = to,
            DeliveredMs = deliveredMs ?? order.DeliveredMs,
            RefundedMs = to.Pay == PayState.Refunded ? order.RefundedMs ?? nowMs : null,
        };
        return MovedAsync(
            transaction, new Change(order.Id, 0, order.GameId, ChangeEvents.Of(order.State, to), to, reason, nowMs, null),
            OrderFigures.Between(order, after), MoveSql, order.Id.Value, (int)order.State.Pay,
            (int)order.State.Progress, (int)to.Pay, (int)to.Progress, reason, after.DeliveredMs, after.RefundedMs);
    }

    /// <param name="transaction">The caller's.</param>
    /// <param name="order">The order as it was read, with its merchant order id, should it have got one now.</param>
    /// <param name="to">Its state then.</param>
    /// <param name="reason">Why it is held; null: it is not.</param>
    /// <param name="payment">The payment.</param>
    /// <param name="isTest">Whether a tester paid, or a sandbox.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: the order is no longer in the state that was read; nothing changed.</returns>
    public static async ValueTask<bool> PayAsync(
        Transaction transaction, Order order, OrderState to, string? reason, Payment payment, bool isTest, long nowMs)
    {
        RequireLegal(order, to);
        var isPaid = await transaction.ExecuteOptimisticAsync(
            PaySql, order.Id.Value, order.Moves, (int)to.Progress, reason, nowMs, WritePayment(payment), payment.Channel,
            isTest ? 1 : 0, order.MerchantOrderId);
        if (isPaid)
        {
            ChangeTable.Note(
                transaction,
                new Change(order.Id, order.Moves + 1, order.GameId, ChangeEvent.Paid, to, reason, nowMs, order.MerchantOrderId),
                OrderFigures.Between(order, order with { Channel = payment.Channel, IsTest = isTest, PaidMs = nowMs }));
        }
        return isPaid;
    }

    /// <summary>Its callback was acknowledged, by a protocol where that means delivered.</summary>
    /// <returns>False: the order is in a state that it does not leave so; nothing was changed or noted.</returns>
    public static async ValueTask<bool> FollowDeliveredAsync(
        Transaction transaction, long gameId, OrderId id, CallbackFigure attempt, long nowMs)
    {
        var state = new OrderState(PayState.Paid, Progress.Delivered);
        var moved = await transaction.QueryAsync(
            DeliveredSql,
            row => (
                Change: new Change(id, row.GetInt32(0), gameId, ChangeEvent.Delivered, state, null, nowMs, row.Text(1)),
                Figures: new OrderFigures(
                    row.GetInt64(3), row.GetString(4), row.GetString(5),
                    [new OrderFigure(Figure.Delivered, 1, nowMs, row.Text(6), row.GetInt32(7) != 0)])),
            id.Value, nowMs);
        moved.ForEach(noted => ChangeTable.Note(transaction, noted.Change, noted.Figures, attempt));
        return moved.Count > 0;
    }

    /// <summary>Its callback is exhausted.</summary>
    public static ValueTask<bool> FollowFailedAsync(Transaction transaction, long gameId, OrderId id, string reason, long nowMs) =>
        MovedAsync(
            transaction,
            new Change(id, 0, gameId, ChangeEvent.Failed, new OrderState(PayState.Paid, Progress.Failed), reason, nowMs, null),
            figures: null, FailedSql, id.Value, reason);

    /// <summary>Records why an order is in its state, without moving it.</summary>
    /// <returns>False: the order is no longer in the state that was read; nothing changed.</returns>
    public static async ValueTask<bool> NoteAsync(Transaction transaction, Order order, string reason) =>
        await transaction.ExecuteAsync(NoteSql, order.Id.Value, (int)order.State.Pay, (int)order.State.Progress, reason) == 1;

    /// <summary>Writes an order's attributes if it is still in the state that was read or to which this same transaction moved
    /// it.</summary>
    public static async ValueTask<bool> SaveAttributesAsync(Transaction transaction, Order order) =>
        await transaction.ExecuteAsync(
            SaveAttributesSql, order.Id.Value, (int)order.State.Pay, (int)order.State.Progress, WriteAttributes(order.Attributes)) == 1;

    /// <summary>An attribute as it stands in the text of all attributes of an order, and nowhere else in it: quotes in a value are
    /// escaped.</summary>
    public static string AttributeText(string name, string value) =>
        WriteAttributes(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value })![1..^1];

    public static OrderRow Read(DbDataReader row) => new(
        new Order
        {
            Id = OrderId.FromStore(row.GetString(0)),
            GameId = row.GetInt64(1),
            MerchantOrderId = row.Text(2),
            ProductId = row.GetString(3),
            ProductName = row.GetString(4),
            Money = new Money(row.GetInt64(5)),
            Currency = row.GetString(6),
            UserId = row.GetString(7),
            Quantity = row.GetInt32(8),
            Channel = row.Text(9),
            NotifyUrl = row.Text(10),
            Attributes = row.Text(11) is { } attributes
                ? JsonSerializer.Deserialize(attributes, StoredJson.Default.DictionaryStringString)!
                : Order.EmptyAttributes,
            State = new OrderState((PayState)row.GetInt32(12), (Progress)row.GetInt32(13)),
            StateReason = row.Text(14),
            IsTest = row.GetInt32(15) != 0,
            CreatedMs = row.GetInt64(16),
            ExpiresMs = row.GetInt64(17),
            PaidMs = row.Number(18),
            DeliveredMs = row.Number(19),
            Moves = row.GetInt32(21),
            RefundedMs = row.Number(22),
            ErasedMs = row.Number(23),
            Refunds = row.GetInt32(24),
        },
        row.Text(20));

    public static string WritePayment(Payment payment) => JsonSerializer.Serialize(payment, StoredJson.Default.Payment);

    public static Payment ReadPayment(string json) => JsonSerializer.Deserialize(json, StoredJson.Default.Payment)!;

    /// <returns>Null: there are none.</returns>
    public static string? WriteAttributes(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Count == 0 ? null : JsonSerializer.Serialize(attributes, StoredJson.Default.IReadOnlyDictionaryStringString);

    /// <summary>Moves an order and notes what was done under the count and the game's number that the move itself answers: read back, the
    /// count could be a neighbour's.</summary>
    private static async ValueTask<bool> MovedAsync(
        Transaction transaction, Change change, OrderFigures? figures, SqlStatement statement, params object?[] parameters)
    {
        var moved = await transaction.QueryAsync(
            statement, row => change with { Move = row.GetInt32(0), MerchantOrderId = row.Text(1) }, parameters);
        moved.ForEach(noted => ChangeTable.Note(transaction, noted, figures));
        return moved.Count > 0;
    }

    private static void RequireLegal(Order order, OrderState to)
    {
        if (!order.State.CanMoveTo(to))
        {
            throw new InvalidOperationException($"order {order.Id} cannot move from {order.State} to {to}");
        }
    }
}

/// <summary>JSON of the text columns.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(StoredChange[]))]
[JsonSerializable(typeof(PendingChange))]
[JsonSerializable(typeof(PendingChange[]))]
internal sealed partial class StoredJson : JsonSerializerContext;
