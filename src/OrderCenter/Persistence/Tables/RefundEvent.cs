namespace OrderCenter.Persistence.Tables;

/// <summary>A store's report that a purchase was refunded, or that the refund was reversed.</summary>
internal sealed record RefundEvent(string Channel, string Environment, string TransactionId, long GameId, bool IsRefund, long ReportedMs);
