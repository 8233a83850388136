namespace OrderCenter.Payments;

/// <summary>A store's answer to a refund.</summary>
public abstract record RefundResult
{
    private RefundResult()
    {
    }

    public sealed record Done : RefundResult;

    /// <summary>Accepted; the store reports the end by a notification or when it is queried.</summary>
    public sealed record Pending : RefundResult;

    public sealed record Refused(string Reason) : RefundResult;

    public sealed record TryLater(string Reason) : RefundResult;
}
