using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.PlayerData;

/// <summary>Erases the personal data of one order: the player's id, everything that the game sent of him, the game's answers to callbacks,
/// receipts and the bodies of notifications. What the books need stays: the order's numbers, product, money, times, states, the purchase's
/// numbers, acts and changes. A digest of the order's content stays too, so that a repeated createorder is answered as before.</summary>
internal static class OrderErasure
{
    private const int NotificationsMax = 1000;

    /// <summary>A paid order that no callback and no game reports as delivered for so long, and that nobody holds, will not be any
    /// more.</summary>
    private const long UndeliveredMs = 180L * 24 * 3600_000;

    // Each of them needs the order as it was sent: a callback that waits, a store that is asked for a payment or a refund, a payment about
    // which a person decides.
    private static readonly SqlStatement WaitingCallbackSql = new(
        "SELECT number FROM callbacks WHERE order_id = $1 AND (status = 0 OR status = 1 OR status = 4) LIMIT 1");

    private static readonly SqlStatement DueLookupSql = new(
        "SELECT 1 FROM payment_lookups WHERE order_id = $1 AND due_ms IS NOT NULL LIMIT 1");

    private static readonly SqlStatement OpenPaymentSql = new(
        "SELECT 1 FROM unapplied_payments WHERE order_id = $1 AND settled_ms IS NULL LIMIT 1");

    // Every move is counted: an order that has moved since it was read is looked at again later.
    private static readonly SqlStatement EraseSql = new(
        "UPDATE orders SET user_id = $2, attributes = $3, notify_url = $4, erased_ms = $5 " +
        "WHERE order_id = $1 AND moves = $6 AND erased_ms IS NULL");

    private static readonly SqlStatement EraseCallbacksSql = new(
        "UPDATE callbacks SET response = NULL, content = NULL, url = CASE WHEN url = $2 THEN $3 ELSE url END WHERE order_id = $1");

    private static readonly SqlStatement EraseAttemptsSql = new(
        "UPDATE callback_attempts SET response = NULL WHERE order_id = $1 AND response IS NOT NULL");

    private static readonly SqlStatement EraseLookupsSql = new(
        "UPDATE payment_lookups SET sealed = NULL WHERE order_id = $1 AND due_ms IS NULL AND sealed IS NOT NULL");

    private static readonly SqlStatement NotificationsSql = new(
        "SELECT notification_key FROM order_notifications WHERE order_id = $1 ORDER BY received_ms, notification_key LIMIT $2");

    private static readonly SqlStatement EraseNotificationSql = new(
        "UPDATE notifications SET sealed = '' WHERE notification_key = $1 AND due_ms IS NULL");

    /// <summary>Erases an order's personal data, where it has ended. Its state does not move, so that games read no change.</summary>
    public static async ValueTask<OrderErasureOutcome> TryEraseAsync(Transaction transaction, OrderId id, string marker, long nowMs)
    {
        if (await OrderTable.FindAsync(transaction, id) is not { Order: { ErasedMs: null } order } row)
        {
            return OrderErasureOutcome.Gone;
        }
        if (!HasEnded(order, nowMs) || await IsNeededAsync(transaction, row))
        {
            return OrderErasureOutcome.Waits;
        }
        var url = WithoutQuery(order.NotifyUrl);
        if (await transaction.ExecuteAsync(
            EraseSql, id.Value, marker, OrderTable.WriteAttributes(Kept(order)), url, nowMs, order.Moves) == 0)
        {
            return OrderErasureOutcome.Waits;
        }
        await transaction.ExecuteAsync(EraseCallbacksSql, id.Value, order.NotifyUrl ?? "", url ?? "");
        await transaction.ExecuteAsync(EraseAttemptsSql, id.Value);
        await transaction.ExecuteAsync(EraseLookupsSql, id.Value);
        foreach (var key in await transaction.QueryAsync(NotificationsSql, row => row.GetString(0), id.Value, NotificationsMax))
        {
            await transaction.ExecuteAsync(EraseNotificationSql, key);
        }
        return OrderErasureOutcome.Erased;
    }

    /// <summary>Whether nothing more is to be done about an order: its goods are out or will not go out, and nobody has to look at
    /// it.</summary>
    private static bool HasEnded(Order order, long nowMs) => order.State switch
    {
        { Progress: Progress.Review } => false,
        { Pay: PayState.Refunded } => true,
        { Pay: PayState.Unpaid } => order.State != OrderState.New,
        { Progress: Progress.Created } => nowMs - order.PaidMs >= UndeliveredMs,
        _ => order.State.Progress is Progress.Delivered or Progress.Closed,
    };

    private static async ValueTask<bool> IsNeededAsync(Transaction transaction, OrderRow row)
    {
        var id = row.Order.Id;
        if (row.Payment is { } paid
            && (await RefundTable.OfPaymentAsync(transaction, paid, row.Order.GameId)).Exists(refund => refund.IsOpen))
        {
            return true;
        }
        var callback = transaction.QueryAsync(WaitingCallbackSql, row => 1, id.Value).AsTask();
        var lookup = transaction.QueryAsync(DueLookupSql, row => 1, id.Value).AsTask();
        var payment = transaction.QueryAsync(OpenPaymentSql, row => 1, id.Value).AsTask();
        return (await callback).Count + (await lookup).Count + (await payment).Count > 0;
    }

    /// <summary>The cards that the order bought are no data of the player, and are sealed.</summary>
    private static Dictionary<string, string> Kept(Order order) =>
        order.Attributes.Where(attribute => attribute.Key.StartsWith(OrderCards.HiddenPrefix, StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);

    /// <summary>What a game puts behind <c>?</c> may name the player.</summary>
    private static string? WithoutQuery(string? url) =>
        url is not null && url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? url[..end] : url;
}
