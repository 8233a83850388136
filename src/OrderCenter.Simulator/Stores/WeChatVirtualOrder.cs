namespace OrderCenter.Simulator.Stores;

/// <summary>An order in the books of WeChat's virtual payment.</summary>
public sealed record WeChatVirtualOrder(
    string OutTradeNo, string WeChatId, string TransactionId, string ProductId, int Quantity, long TotalFen, long RefundedFen, int Status, string OpenId, string? RefundNumber, DateTimeOffset? PaidAt);
