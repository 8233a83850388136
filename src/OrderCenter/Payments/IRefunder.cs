using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel whose store can give money back.</summary>
public interface IRefunder
{
    /// <summary>Whether only the whole payment can be given back, at once. Default: in parts, several to a payment.</summary>
    bool IsWholeOnly => false;

    /// <summary>Asks the store for a refund. The same number is the same refund, however often it is asked for.</summary>
    ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken);

    /// <summary>Asks the store what became of a refund, by its number. Nothing is given back by this.</summary>
    ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken);
}
