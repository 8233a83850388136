using OrderCenter.Domain;
using OrderCenter.Orders.Receipts;

namespace OrderCenter.Orders;

/// <summary>A payment that is known to be real, and the order that it is to pay.</summary>
internal sealed record ConfirmedPayment(App App, OrderId OrderId, Payment Payment)
{
    /// <summary>The merchant order id, if it comes only with the payment.</summary>
    public DeferredMerchantOrderId? DeferredId { get; init; }

    /// <summary>Who vouches for the payment, if a person or another system does; stored with the order.</summary>
    public AuditContext? By { get; init; }

    /// <summary>Refuses the payment by the order as it was read; null: it does not.</summary>
    public Func<Order, PaymentOutcome?>? Refuse { get; init; }
}
