namespace OrderCenter.Domain;

/// <summary>An order's whole state: the money and the goods. Only the moves listed here are legal; each is repeated in the <c>WHERE</c>
/// of its statement.</summary>
public readonly record struct OrderState(PayState Pay, Progress Progress)
{
    public static readonly OrderState New = new(PayState.Unpaid, Progress.Created);

    private static readonly HashSet<(OrderState From, OrderState To)> Moves = BuildMoves();

    public bool CanMoveTo(OrderState next) => Moves.Contains((this, next));

    /// <summary>Every legal move, for the documentation's table and the property tests.</summary>
    public static IReadOnlyCollection<(OrderState From, OrderState To)> LegalMoves => Moves;

    /// <summary>Whether goods may be handed over: paid, not refunded, not held.</summary>
    public bool IsDeliverable => Pay == PayState.Paid && Progress is Progress.Created or Progress.Delivering or Progress.Failed;

    private static HashSet<(OrderState, OrderState)> BuildMoves()
    {
        var moves = new HashSet<(OrderState, OrderState)>();
        void Add(PayState fromPay, Progress from, PayState toPay, params Progress[] to)
        {
            foreach (var progress in to)
            {
                moves.Add((new OrderState(fromPay, from), new OrderState(toPay, progress)));
            }
        }

        // A payment: in time, late (delivered or held by the app's policy), or for an order that is held already (it stays held).
        Add(PayState.Unpaid, Progress.Created, PayState.Paid, Progress.Created, Progress.Delivering, Progress.Review);
        Add(PayState.Unpaid, Progress.Closed, PayState.Paid, Progress.Created, Progress.Delivering, Progress.Review);
        Add(PayState.Unpaid, Progress.Review, PayState.Paid, Progress.Review, Progress.Created, Progress.Delivering);

        // Without a payment: closed or expired; held for a contradicting receipt; released or closed by a person.
        Add(PayState.Unpaid, Progress.Created, PayState.Unpaid, Progress.Closed, Progress.Review);
        Add(PayState.Unpaid, Progress.Review, PayState.Unpaid, Progress.Created, Progress.Closed);

        // Delivery of what is paid.
        Add(PayState.Paid, Progress.Created, PayState.Paid, Progress.Delivering, Progress.Delivered, Progress.Review);
        Add(PayState.Paid, Progress.Delivering, PayState.Paid, Progress.Delivered, Progress.Failed, Progress.Review);
        Add(PayState.Paid, Progress.Failed, PayState.Paid, Progress.Delivering, Progress.Delivered, Progress.Review);
        Add(PayState.Paid, Progress.Review, PayState.Paid, Progress.Created, Progress.Delivering);

        // CardRecharge's final result; merchants settle in advance, so it may come before a payment, and the payment after it.
        Add(PayState.Unpaid, Progress.Created, PayState.Unpaid, Progress.Delivered, Progress.Failed);
        Add(PayState.Paid, Progress.Created, PayState.Paid, Progress.Failed);
        Add(PayState.Unpaid, Progress.Delivered, PayState.Paid, Progress.Delivered);
        Add(PayState.Unpaid, Progress.Failed, PayState.Paid, Progress.Failed);

        // A refund: what was delivered stays delivered, what was not is closed. Only the store's own reversal goes back.
        Add(PayState.Paid, Progress.Delivered, PayState.Refunded, Progress.Delivered);
        Add(PayState.Paid, Progress.Created, PayState.Refunded, Progress.Closed);
        Add(PayState.Paid, Progress.Delivering, PayState.Refunded, Progress.Closed);
        Add(PayState.Paid, Progress.Failed, PayState.Refunded, Progress.Closed);
        Add(PayState.Paid, Progress.Review, PayState.Refunded, Progress.Closed);
        Add(PayState.Refunded, Progress.Delivered, PayState.Paid, Progress.Delivered);
        Add(PayState.Refunded, Progress.Closed, PayState.Paid, Progress.Review);
        return moves;
    }
}
