using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Shared;

/// <summary>A line of a bill that a payment platform of China writes: its time is Beijing's.</summary>
internal static class BillLine
{
    public const string TimeForm = "a time such as 2026-11-21 16:33:45";

    /// <returns>Null: the time is not of that form.</returns>
    public static LineOutcome.Found? Read(
        LineKind kind, string key, string order, long amountE4, string currency, string time, string product,
        string refundNumber = "") =>
        StatementText.TryChinaTime(time, out var atMs)
            ? new LineOutcome.Found(new StatementLine
            {
                Kind = kind,
                Key = key,
                OrderNumber = order.Length == 0 ? null : order,
                RefundNumber = kind == LineKind.Refund && StatementText.IsKey(refundNumber) ? refundNumber : null,
                AmountE4 = amountE4,
                Currency = currency,
                AtMs = atMs,
                Product = StatementText.Shorten(product),
            })
            : null;
}
