using OrderCenter.Domain;

namespace OrderCenter.Cards;

/// <summary>A paid order that waits for cards.</summary>
internal sealed record BacklogEntry(OrderId OrderId, int Quantity);
