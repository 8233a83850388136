using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Queries;

/// <summary>An order with what was recorded about it.</summary>
/// <param name="Row">The order, and what paid it.</param>
/// <param name="Unapplied">Authentic payments that did not pay it.</param>
/// <param name="Refused">Receipts that were presented for it and refused, by their first time.</param>
/// <param name="Audit">The operations on it, oldest first.</param>
/// <param name="Refunds">The refunds of its payment, oldest first, with the store's own sum.</param>
public sealed record OrderDetail(
    OrderRow Row, IReadOnlyList<UnappliedPayment> Unapplied, IReadOnlyList<RefusedReceipt> Refused, IReadOnlyList<AuditEntry> Audit,
    IReadOnlyList<Refund> Refunds);
