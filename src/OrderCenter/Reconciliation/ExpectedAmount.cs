using OrderCenter.Domain;
using OrderCenter.Persistence.Tables;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>What an order's payment should be over: the receipt's amount, or the order's where the receipt has
/// none.</summary>
internal readonly record struct ExpectedAmount(Money Money, string Currency)
{
    public DiscrepancySide Side => new(Money, Currency, null);

    public static ExpectedAmount Of(OrderRow row) =>
        new(row.Payment?.Money ?? row.Order.Money, row.Payment?.Currency ?? row.Order.Currency);
}
