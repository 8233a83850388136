namespace OrderCenter.Domain.Callbacks;

/// <summary>The event that a callback reports.</summary>
public static class CallbackEvents
{
    public const string Paid = "order.paid";
    public const string Refunded = "order.refunded";
    public const string Closed = "order.closed";

    /// <summary>CardRecharge: the final result, success or failed.</summary>
    public const string Result = "order.result";
}
