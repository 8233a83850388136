namespace OrderCenter.Simulator.Stores;

/// <summary>An order in the books of WeChat's virtual payment.</summary>
public sealed record WeChatVirtualOrder(
    string OutTradeNo, string WeChatId, string TransactionId, string ProductId, int Quantity, long TotalFen, long RefundedFen, int Status, string OpenId, DateTimeOffset? PaidAt);

/// <summary>A refund in its books, by the merchant's number.</summary>
public sealed record WeChatVirtualRefund(string Number, string OutTradeNo, long Fen, bool IsDone);
