using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Consumes and acknowledges purchases (anchors/payments.md, "Google Play").</summary>
internal sealed class GoogleFulfilment(PlayApi api) : IFulfilmentReporter
{
    /// <summary>Google refunds after three days without a report.</summary>
    public TimeSpan RefundsAfter { get; } = TimeSpan.FromDays(3);

    /// <summary>A licence tester's purchase is voided after some five minutes: it is acknowledged at once.</summary>
    public TimeSpan AcceptsAfter(bool isTest) => isTest ? TimeSpan.Zero : RefundsAfter * 2 / 3;

    /// <summary>Without a service account consuming and acknowledging are the client's.</summary>
    public bool IsConfigured(App app) => GoogleSettings.Of(app) is { Account: not null };

    public ValueTask<string?> ReportDeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        ReportAsync(app, order, payment, isDelivered: true, cancellationToken);

    public ValueTask<string?> ReportAcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        ReportAsync(app, order, payment, isDelivered: false, cancellationToken);

    /// <summary>Queries first what Google knows already, so that a repeated report is harmless; a purchase that Google does not know, or
    /// refunded, needs no report. Of a purchase of several products each order reports its own.</summary>
    private async ValueTask<string?> ReportAsync(
        App app, Order order, Payment payment, bool isDelivered, CancellationToken cancellationToken)
    {
        var (productId, token) = (payment.ProductId ?? order.ProductId, PurchaseName.Parse(payment.TransactionId).Token);
        if (GoogleSettings.Of(app) is not { Account: not null } settings || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(productId))
        {
            return null;
        }
        OnlinePurchase? purchase;
        switch (await api.GetAsync(settings, productId, token, cancellationToken))
        {
            case PlayResponse.Found found when OnlinePurchase.TryRead(found.Fields, productId, out purchase, out _):
                break;
            case PlayResponse.Found:
                return "Google Play's answer is not usable";
            case PlayResponse.TryLater later:
                return later.Reason;
            default:
                return IFulfilmentReporter.NotThere;
        }
        var isConsuming = isDelivered && settings.Consumes;
        if (purchase.State != OnlinePurchase.Purchased || purchase.Find(productId) is not { IsConsumed: false }
            || (purchase.IsAcknowledged && !isConsuming))
        {
            return null;
        }
        return await (isConsuming
            ? api.ConsumeAsync(settings, productId, token, cancellationToken)
            : api.AcknowledgeAsync(settings, productId, token, cancellationToken)) switch
        {
            PlayResponse.Found => null,
            PlayResponse.NotFound refused => refused.Reason,
            PlayResponse.TryLater later => later.Reason,
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }
}
