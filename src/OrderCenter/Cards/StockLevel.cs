namespace OrderCenter.Cards;

/// <summary>A product's stock and the orders that wait for it.</summary>
public sealed record StockLevel(long InStock, long WaitingOrders, long WaitingCards, long? WaitingSinceMs);
