using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A store's answer about a refund.</summary>
public abstract record RefundResult
{
    private RefundResult()
    {
    }

    /// <summary>The money is given back. <paramref name="StoreNumber"/>: the store's own number of the refund; null: it has none.</summary>
    public sealed record Done(string? StoreNumber = null) : RefundResult
    {
        /// <summary>What went back of the payment so far, by this refund and all others; null: the store does not say.</summary>
        public Money? Sum { get; init; }
    }

    /// <summary>Accepted; the store reports the end by a notification or when it is queried.</summary>
    public sealed record Pending(string? Reason = null) : RefundResult;

    /// <summary>The store says for certain that it does not give the money back.</summary>
    public sealed record Refused(string Reason) : RefundResult
    {
        /// <summary>Whether the store has ended this refund for good, so that another one needs another number.</summary>
        public bool IsClosed { get; init; }
    }

    /// <summary>The store says for certain that it has no refund under this number. Only an answer to a query.</summary>
    public sealed record NotThere : RefundResult;

    /// <summary>It is not known whether the money is given back.</summary>
    public sealed record TryLater(string Reason) : RefundResult;
}
