namespace OrderCenter.Simulator.Stores;

/// <summary>A transaction in WeChat's books.</summary>
public sealed record WeChatTransaction(string TransactionId, string OutTradeNo, string State, long TotalFen, long RefundedFen, DateTimeOffset? PaidAt, Uri? NotifyUrl, string Prepay);

/// <summary>A notification: the body, and the headers that sign it.</summary>
public sealed record WeChatMessage(string Body, IReadOnlyList<(string Name, string Value)> Headers);
