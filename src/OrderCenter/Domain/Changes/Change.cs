namespace OrderCenter.Domain.Changes;

/// <summary>One move of an order, and how the order stood after it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Move">The count of the move within the order; 0: its creation.</param>
/// <param name="GameId">The order's game.</param>
/// <param name="Event">What happened.</param>
/// <param name="State">The state after it.</param>
/// <param name="Reason">Why the order was held, closed or failed; null otherwise.</param>
/// <param name="AtMs">Unix milliseconds, by the clock of the node that did it.</param>
/// <param name="MerchantOrderId">The game's own number of the order after it; null: it has none.</param>
public sealed record Change(
    OrderId OrderId, int Move, long GameId, ChangeEvent Event, OrderState State, string? Reason, long AtMs, string? MerchantOrderId)
{
    /// <summary>What went back so far; only of <see cref="ChangeEvent.PartiallyRefunded"/>.</summary>
    public Money? RefundedMoney { get; init; }
}
