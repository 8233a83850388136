using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Google;

/// <summary>Answers Google's questions about refunds (<c>orders.reviewrefund</c>; anchors/payments.md, "Changed since").</summary>
internal sealed class GoogleRefundReview(PlayApi api) : IRefundReviewer
{
    public async ValueTask<RefundResult> AnswerAsync(
        App app, RefundQuestion question, RefundAnswer answer, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new RefundResult.TryLater("channel google has no serviceAccount, or is not configured for this app");
        }
        if (question.Payment.StoreOrderId is not { } orderId || !PlayApi.IsSegment(orderId))
        {
            return new RefundResult.Refused("the question names no order of Google's");
        }
        var body = JsonBytes.Write(json =>
        {
            json.WriteString("pendingRefundToken", question.Token);
            json.WriteBoolean("sampleContentProvided", settings.SampleContentProvided);
            json.WriteString("refundPreference", answer.Preference switch
            {
                RefundPreference.Decline => "DECLINE",
                RefundPreference.Approve => "APPROVE",
                _ => "NEUTRAL",
            });
            if (answer.ConsumedShare is { } share)
            {
                json.WriteNumber("consumptionPercentageMilliunits", share);
            }
        });
        return await api.ReviewRefundAsync(settings, orderId, body, cancellationToken) switch
        {
            PlayResponse.Found => new RefundResult.Done(),
            PlayResponse.NotFound refused => new RefundResult.Refused($"Google Play takes no answer any more ({refused.HttpStatus})"),
            PlayResponse.TryLater later => new RefundResult.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }
}
