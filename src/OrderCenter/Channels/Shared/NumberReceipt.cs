using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Shared;

/// <summary>A receipt that proves nothing: it names our order or the platform's number of the payment, and causes a query.</summary>
internal static class NumberReceipt
{
    public const int NumberCharsMax = 64;

    /// <summary>Reads the platform's number; null: the receipt names our order only.</summary>
    /// <returns>Why the receipt cannot be this order's; null: it may be.</returns>
    public static string? Read(Receipt receipt, string field, Order order, out string? number)
    {
        var fields = new JsonFieldReader(receipt.Root);
        number = fields.Text(field, NumberCharsMax);
        var orderId = fields.Text("out_trade_no", NumberCharsMax);
        return fields.Faults.Count > 0 || (number ?? orderId) is null ? $"the receipt must hold {field} or out_trade_no as text"
            : orderId is null || orderId == order.Id.Value ? null
            : "the receipt is for another order";
    }

    public static ClaimedPurchase? ReadClaim(Receipt receipt, string field) =>
        new JsonFieldReader(receipt.Root).Text(field, NumberCharsMax) is { } number ? new ClaimedPurchase(number) : null;
}
