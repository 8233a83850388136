using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Gives the money of a purchase back (<c>orders.refund</c>): all of it, since Google takes no amount.</summary>
internal sealed class GoogleRefunds(PlayApi api) : IRefunder
{
    private const string NotConfigured = "channel google has no serviceAccount, or is not configured for this app";
    private const string SeveralProducts =
        "the purchase has several products, which Google gives back only together: refund it in the Play Console";

    public bool IsWholeOnly => true;

    /// <summary>Google knows no number of ours: an order is refunded once, and what was refunded already is refused, which the purchase
    /// itself then shows.</summary>
    public async ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (PurchaseName.Parse(refund.Payment.TransactionId).ProductId is not null)
        {
            return new RefundResult.Refused(SeveralProducts);
        }
        if (refund.Payment.StoreOrderId is not { } orderId || !PlayApi.IsSegment(orderId))
        {
            return new RefundResult.Refused("Google's number of the purchase (GPA.…) is not known: refund it in the Play Console");
        }
        switch (await api.RefundAsync(settings, orderId, cancellationToken))
        {
            case PlayResponse.Found:
                return new RefundResult.Done(orderId);
            case PlayResponse.NotFound refused:
                return await QueryRefundAsync(app, refund, cancellationToken) switch
                {
                    RefundResult.NotThere => new RefundResult.Refused(refused.Reason),
                    var state => state,
                };
            case PlayResponse.TryLater later:
                return new RefundResult.TryLater(later.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    public async ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        var (token, productId) = PurchaseName.Parse(refund.Payment.TransactionId);
        productId ??= refund.Payment.ProductId ?? refund.Order.ProductId;
        return await api.GetAsync(settings, productId, token, cancellationToken) switch
        {
            PlayResponse.Found found when OnlinePurchase.TryRead(found.Fields, productId, out var purchase, out _) =>
                purchase.State == OnlinePurchase.Cancelled || purchase.Find(productId) is { Refundable: 0 }
                    ? new RefundResult.Done(refund.Payment.StoreOrderId)
                : purchase.Find(productId) is { Refundable: not null } ? new RefundResult.NotThere()
                : new RefundResult.TryLater("Google Play does not say whether the purchase was refunded"),
            PlayResponse.TryLater later => new RefundResult.TryLater(later.Reason),

            // Another account's purchase, or one that Google has forgotten: whoever is asked for the refund then refuses it.
            PlayResponse.NotFound => new RefundResult.NotThere(),
            _ => new RefundResult.TryLater("Google Play's answer is not usable"),
        };
    }
}
