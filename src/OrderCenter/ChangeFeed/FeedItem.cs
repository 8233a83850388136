using OrderCenter.Domain.Changes;

namespace OrderCenter.ChangeFeed;

/// <summary>A change, with the game's number of the order; null: it gave none.</summary>
public sealed record FeedItem(NumberedChange Numbered, string? MerchantOrderId);
