using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel's verdict on a receipt.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>What the store says of the purchase beside the verdict: it was refunded, in whole or in part. Null: it says nothing of the
    /// kind, or was not asked.</summary>
    public ProviderEvent? Refund { get; init; }

    /// <summary>Authentic and for this order.</summary>
    public sealed record Paid(Payment Payment) : Verdict;

    /// <summary>Authentic, but its amount, currency or player is not the order's: the order is held for review, the payment stays claimable
    /// by the order that it belongs to.</summary>
    public sealed record Contradicts(Payment Payment, string Reason) : Verdict;

    /// <summary>Not authentic, or not for this app's package, this product, this environment, or not purchased. The reason is shown to the
    /// game.</summary>
    public sealed record Rejected(string Reason) : Verdict
    {
        /// <summary>The purchase, where the store attests it: whoever paid can be found by its numbers. Null: nothing of the receipt is
        /// proven.</summary>
        public Payment? Payment { get; init; }
    }

    /// <summary>The store could not be queried; nothing is known yet.</summary>
    public sealed record TryLater(string Reason) : Verdict;
}
