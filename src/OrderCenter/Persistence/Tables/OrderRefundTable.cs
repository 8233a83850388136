using OrderCenter.Domain;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Persistence.Tables;

/// <summary>What refunds write to their order's row: how many were asked for, and that a part went back.</summary>
internal static class OrderRefundTable
{
    private static readonly SqlStatement CountSql = new(
        "UPDATE orders SET refunds = refunds + 1 WHERE order_id = $1 AND pay_state = 1 AND moves = $2 AND refunds = $3");

    private static readonly SqlStatement UncountSql = new("UPDATE orders SET refunds = refunds - 1 WHERE order_id = $1");

    private static readonly SqlStatement NoteSql = new(
        "UPDATE orders SET moves = moves + 1 WHERE order_id = $1 AND pay_state = 1 AND moves = $2 RETURNING moves, merchant_order_id");

    /// <summary>Counts a refund that is asked for or recorded. Of several who ask at once by the same knowledge one succeeds.</summary>
    /// <returns>False: the order has moved, or another refund was counted, since it was read; nothing changed.</returns>
    public static async ValueTask<bool> CountAsync(Transaction transaction, Order order) =>
        await transaction.ExecuteAsync(CountSql, order.Id.Value, order.Moves, order.Refunds) == 1;

    /// <summary>Undoes <see cref="CountAsync"/> in the same transaction.</summary>
    public static ValueTask<int> UncountAsync(Transaction transaction, OrderId id)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(UncountSql, id.Value);
    }

    /// <summary>Notes that a part of its money went back, or that the store took that back, without moving it.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="order">As it was read.</param>
    /// <param name="event">Which of the two.</param>
    /// <param name="back">What went back so far; null: nothing any more.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>False: the order has moved since it was read; nothing changed.</returns>
    public static async ValueTask<bool> NoteAsync(Transaction transaction, Order order, ChangeEvent @event, Money? back, long nowMs)
    {
        var noted = await transaction.QueryAsync(
            NoteSql, row => (Move: row.GetInt32(0), MerchantOrderId: row.Text(1)), order.Id.Value, order.Moves);
        if (noted is not [var (move, merchantOrderId)])
        {
            return false;
        }
        ChangeTable.Note(
            transaction,
            new Change(
                order.Id, move, order.GameId, @event, order.State, order.StateReason, nowMs, merchantOrderId)
            {
                RefundedMoney = back,
            });
        return true;
    }
}
