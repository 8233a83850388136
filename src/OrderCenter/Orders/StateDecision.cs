using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Orders;

/// <summary>What an operation does to an order in the state that was read.</summary>
internal abstract record StateDecision
{
    private StateDecision()
    {
    }

    /// <summary>The order moves to a state; a callback reports the event, if it has one.</summary>
    public sealed record Move(OrderState To, string? Event) : StateDecision;

    public sealed record Unchanged : StateDecision;

    public sealed record NotAllowed(string Reason) : StateDecision;

    /// <summary>Another writer is changing the order at this moment; it must be read again.</summary>
    public sealed record ReadAgain : StateDecision;

    /// <summary>A refund of a payment that belongs to this order: what was delivered stays delivered, what was not is closed. An order that
    /// is still unpaid is read again: its payment is reserved for it, so another transaction is marking it paid at this moment.</summary>
    public static StateDecision OfRefund(Order order) => order.State switch
    {
        { Pay: PayState.Refunded } => new Unchanged(),
        { Pay: PayState.Unpaid } => new ReadAgain(),
        { Progress: Progress.Delivered } => new Move(new OrderState(PayState.Refunded, Progress.Delivered), CallbackEvents.Refunded),
        _ => new Move(new OrderState(PayState.Refunded, Progress.Closed), CallbackEvents.Refunded),
    };

    /// <summary>The reversal of a refund: what was not delivered is held for review.</summary>
    public static StateDecision OfRefundReversal(Order order) => order.State switch
    {
        { Pay: PayState.Refunded, Progress: Progress.Delivered } => new Move(new OrderState(PayState.Paid, Progress.Delivered), null),
        { Pay: PayState.Refunded } => new Move(new OrderState(PayState.Paid, Progress.Review), null),
        { Pay: PayState.Paid } => new Unchanged(),
        _ => new ReadAgain(),
    };
}
