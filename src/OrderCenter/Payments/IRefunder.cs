using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel whose store can refund a payment.</summary>
public interface IRefunder
{
    /// <summary>Refunds the whole payment. Safe to repeat.</summary>
    ValueTask<RefundResult> RefundAsync(App app, Order order, Payment payment, string reason, CancellationToken cancellationToken);
}
