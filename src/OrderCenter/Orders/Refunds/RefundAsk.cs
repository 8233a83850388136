using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refunds;

/// <summary>The result of asking for a refund, before the store is called.</summary>
public abstract record RefundAsk
{
    private RefundAsk()
    {
    }

    /// <summary>It is written. <paramref name="IsRepeat"/>: it was asked for before, and is asked for again under its number.</summary>
    public sealed record Asked(OrderRow Row, Refund Refund, bool IsRepeat) : RefundAsk;

    /// <summary>All of the money went back before.</summary>
    public sealed record Unchanged : RefundAsk;

    public sealed record NotFound : RefundAsk;

    public sealed record NotAllowed(string Reason) : RefundAsk;
}
