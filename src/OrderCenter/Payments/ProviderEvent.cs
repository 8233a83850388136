using OrderCenter.Domain;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Payments;

/// <summary>What a store reports about a payment.</summary>
public abstract record ProviderEvent
{
    private ProviderEvent()
    {
    }

    /// <summary>When the store reported it, Unix milliseconds: notifications arrive in any order, and an older report never undoes a newer
    /// one. Null: not known.</summary>
    public long? ReportedMs { get; init; }

    /// <summary>The payment that it tells of; null: of none, or of several.</summary>
    public Payment? About => this switch
    {
        Paid paid => paid.Payment,
        Contradicts contradicts => contradicts.Payment,
        Rejected rejected => rejected.Payment,
        Refunded refunded => refunded.Payment,
        PartlyRefunded part => part.Payment,
        RefundReversed reversed => reversed.Payment,
        _ => null,
    };

    /// <summary>A payment. <paramref name="OrderId"/>: the order that the store says it is for (our number was handed to it at the start);
    /// null: the order is found by the payment's names, or there is none yet.</summary>
    public sealed record Paid(OrderId? OrderId, Payment Payment) : ProviderEvent;

    /// <summary>A payment that contradicts its order in amount, currency or player.</summary>
    public sealed record Contradicts(OrderId OrderId, Payment Payment, string Reason) : ProviderEvent;

    /// <summary>A payment that names an order of ours and cannot be its: of another product, or a tester's. It is stored with the
    /// order.</summary>
    public sealed record Rejected(OrderId OrderId, Payment Payment, string Reason) : ProviderEvent;

    /// <summary>The payment was refunded, all of it.</summary>
    public sealed record Refunded(Payment Payment, string Reason) : ProviderEvent
    {
        /// <summary>The refund that was the last, or the only one; null: not known.</summary>
        public PartialRefund? Part { get; init; }
    }

    /// <summary>A part of it was refunded; what the order is worth then is an operator's decision, until the parts are the whole.</summary>
    public sealed record PartlyRefunded(OrderId? OrderId, Payment Payment, string Reason) : ProviderEvent
    {
        /// <summary>How much; null: not known.</summary>
        public PartialRefund? Part { get; init; }
    }

    /// <summary>The store reversed its refund.</summary>
    public sealed record RefundReversed(Payment Payment, string Reason) : ProviderEvent;

    /// <summary>Events of several purchases that one report tells of, such as the products of one purchase.</summary>
    public sealed record Several(IReadOnlyList<ProviderEvent> Events) : ProviderEvent;

    /// <summary>The store asks whether it should give a purchase back.</summary>
    public sealed record RefundAsked(RefundQuestion Question) : ProviderEvent;

    /// <summary>No order's state depends on it; the reason is shown with the notification.</summary>
    public sealed record Ignored(string Reason) : ProviderEvent
    {
        /// <summary>Whether it may concern an order and cannot be understood: it waits for an operator.</summary>
        public bool IsUnreadable { get; init; }
    }

    /// <summary>The store could not be queried; it is read again later.</summary>
    public sealed record TryLater(string Reason) : ProviderEvent;
}
