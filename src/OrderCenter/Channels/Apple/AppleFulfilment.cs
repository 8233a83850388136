using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What the App Store is told of a purchase whose goods were delivered, where the app's settings want it: the order's token
/// (Server API 1.16, Set App Account Token), and that the transaction is finished (1.20, Finish Transaction), so that no client has to
/// finish it. Apple refunds nothing without either.</summary>
internal sealed class AppleFulfilment(TimeProvider clock, AppStoreApi api, OrderTokens tokens) : IFulfilmentReporter
{
    public TimeSpan RefundsAfter => IFulfilmentReporter.Never;

    public bool IsConfigured(App app) =>
        AppleSettings.Of(app) is { Api: not null, IsXcode: false } settings && (settings.SetsOrderToken || settings.Finishes);

    public async ValueTask<string?> ReportDeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { Api: not null, IsXcode: false } settings
            || !AppStoreApi.IsTransactionId(payment.TransactionId))
        {
            return null;
        }
        if (settings.SetsOrderToken && await SetTokenAsync(settings, order, payment, cancellationToken) is { } fault)
        {
            return fault;
        }
        return settings.Finishes ? FaultOf(await api.FinishAsync(settings, payment, cancellationToken)) : null;
    }

    /// <summary>Nothing: Apple waits for nobody.</summary>
    public ValueTask<string?> ReportAcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        ValueTask.FromResult<string?>(null);

    /// <summary>A token that the client gave is left as it is; whether there is one only the transaction says.</summary>
    private async Task<string?> SetTokenAsync(AppleSettings settings, Order order, Payment payment, CancellationToken cancellationToken)
    {
        if (tokens.Of(order.Id, order.GameId) is not { } token)
        {
            return null;
        }
        var fetched = await api.TransactionAsync(settings, settings.ApiOf(payment), payment.TransactionId, cancellationToken);
        if (fetched is not AppStoreResponse.Found { Fields: var answer })
        {
            return FaultOf(fetched);
        }
        if (answer.Text("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws
            || !SignedTransaction.TryVerify(jws, settings, clock.NowMs(), out var payload, out _)
            || payload.AnyText("transactionId", TransactionPayload.IdCharsMax) != payment.TransactionId)
        {
            return "the App Store's answer is not the transaction that was asked for";
        }
        var original = payload.AnyText("originalTransactionId", TransactionPayload.IdCharsMax) ?? payment.TransactionId;
        return payload.IsGiven("appAccountToken") || !AppStoreApi.IsTransactionId(original)
            ? null
            : FaultOf(await api.SetTokenAsync(settings, payment, original, token, cancellationToken));
    }

    /// <summary>What Apple does not know, or refuses for good, is not reported again; what it could not answer is.</summary>
    private static string? FaultOf(AppStoreResponse response) => response switch
    {
        AppStoreResponse.NotFound => IFulfilmentReporter.NotThere,
        AppStoreResponse.NotAdmitted closed => closed.Reason,
        AppStoreResponse.TryLater later => later.Reason,
        _ => null,
    };
}
