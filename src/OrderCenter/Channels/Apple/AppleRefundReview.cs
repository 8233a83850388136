using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Apple;

/// <summary>A person's answer to Apple's request for consumption information (Send Consumption Information).</summary>
internal sealed class AppleRefundReview(AppStoreApi api) : IRefundReviewer
{
    public bool NeedsConsent => true;

    public async ValueTask<RefundResult> AnswerAsync(
        App app, RefundQuestion question, RefundAnswer answer, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { Api: not null } settings || !AppStoreApi.IsTransactionId(question.Payment.TransactionId))
        {
            return new RefundResult.TryLater("channel apple has no issuerId, keyId and privateKey, or is not configured for this app");
        }
        var preference = answer.Preference switch
        {
            RefundPreference.Decline => ConsumptionConsent.Decline,
            RefundPreference.Approve => ConsumptionConsent.Full,
            _ => null,
        };
        var consent = new ConsumptionConsent(SampleContentProvided: false, preference, answer.ConsumedShare);
        return await api.ConsumptionAsync(
            settings, settings.ApiOf(question.Payment), question.Payment.TransactionId, consent, question.IsDelivered,
            cancellationToken) switch
        {
            AppStoreResponse.Found => new RefundResult.Done(),
            AppStoreResponse.NotFound => new RefundResult.Refused("the App Store does not know the transaction"),
            AppStoreResponse.Refused refused => new RefundResult.Refused(refused.Reason),
            AppStoreResponse.NotAdmitted closed => new RefundResult.TryLater(closed.Reason),
            AppStoreResponse.TryLater later => new RefundResult.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }
}
