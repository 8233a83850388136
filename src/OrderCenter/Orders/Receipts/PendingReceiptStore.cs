using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Receipts;

/// <summary>Stores receipts whose store could not be reached, encrypted, as payment lookups: they are verified again on a schedule, whether
/// the client comes back or not.</summary>
public sealed class PendingReceiptStore(Database database, Vault vault, OrderTelemetry telemetry, TimeProvider clock)
{
    internal static readonly SealedColumn SealedColumn =
        new("payment_lookups", "order_id, lookup_key", "sealed", row => ContextOf(OrderId.FromStore((string)row.Key[0]))) { StepRows = 50 };

    /// <summary>How many lookups one order may have, so that strangers' receipts do not fill the table while a store is down.</summary>
    private const int LookupsMax = 9;

    /// <summary>Stores a receipt for an unpaid order. The same receipt is stored once.</summary>
    internal async Task SaveAsync(Order order, Receipt receipt, DeferredMerchantOrderId? deferredId, string reason)
    {
        if (order.State.Pay != PayState.Unpaid)
        {
            return;
        }
        var text = receipt.Sent.GetRawText();
        var pending = new PendingReceipt(text, deferredId?.MerchantOrderId, deferredId?.ContentOf(order));
        var nowMs = clock.NowMs();
        var lookup = new PaymentLookup
        {
            OrderId = order.Id,
            Key = "receipt:" + ContentFingerprint.Of(text),
            GameId = order.GameId,
            Channel = order.Channel,
            Sealed = vault.Seal(JsonSerializer.Serialize(pending, PendingReceiptJson.Default.PendingReceipt), ContextOf(order.Id)),
            SinceMs = nowMs,
            DueMs = nowMs + PaymentLookup.FirstWaitMs,
            Outcome = reason,
        };
        var isSaved = await database.WriteAsync(
            async transaction => await PaymentLookupTable.CountAsync(transaction, order.Id) < LookupsMax
                && await PaymentLookupTable.InsertAsync(transaction, lookup),
            CancellationToken.None);
        if (isSaved)
        {
            telemetry.ReceiptPending(order.Id, reason);
        }
    }

    /// <summary>Decrypts the receipt of a lookup that has one.</summary>
    internal PendingReceipt Decrypt(PaymentLookup lookup) =>
        JsonSerializer.Deserialize(vault.Open(lookup.Sealed!, ContextOf(lookup.OrderId)), PendingReceiptJson.Default.PendingReceipt)!;

    /// <summary>Binds the encrypted text to its order.</summary>
    private static string ContextOf(OrderId id) => $"receipt of order {id}";
}
