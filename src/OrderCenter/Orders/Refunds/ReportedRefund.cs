using OrderCenter.Domain;

namespace OrderCenter.Orders.Refunds;

/// <summary>What a store's report of a refund led to.</summary>
/// <param name="Back">What went back so far; null: nothing that counts, since something newer has reversed it.</param>
/// <param name="Number">The number of the refund, where it is one that we asked for or recorded; null: it was made at the store.</param>
internal sealed record ReportedRefund(Money? Back, string? Number);
