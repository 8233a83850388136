namespace OrderCenter.OpenWork;

/// <summary>A store's question about a refund that a person has to answer.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="DeadlineMs">Until when the store takes the answer, Unix milliseconds.</param>
public sealed record OpenRefundQuestion(string OrderId, long DeadlineMs);
