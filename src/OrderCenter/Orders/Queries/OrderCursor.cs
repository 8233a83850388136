using OrderCenter.Domain;

namespace OrderCenter.Orders.Queries;

/// <summary>Where a page ended: the last order on it.</summary>
public readonly record struct OrderCursor(long CreatedMs, OrderId OrderId);
