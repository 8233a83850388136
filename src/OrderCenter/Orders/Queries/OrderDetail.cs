using OrderCenter.Domain;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Queries;

/// <summary>An order with what was recorded about it.</summary>
/// <param name="Row">The order, and what paid it.</param>
/// <param name="Unapplied">Authentic payments that did not pay it.</param>
/// <param name="Refused">Receipts that were presented for it and refused, by their first time.</param>
/// <param name="Audit">The operations on it, oldest first.</param>
/// <param name="RefundedMoney">What the store refunded in parts so far; null: no partial refund is known.</param>
public sealed record OrderDetail(
    OrderRow Row, IReadOnlyList<UnappliedPayment> Unapplied, IReadOnlyList<RefusedReceipt> Refused, IReadOnlyList<AuditEntry> Audit,
    Money? RefundedMoney);
