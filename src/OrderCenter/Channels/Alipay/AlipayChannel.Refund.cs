using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Alipay;

/// <summary>Gives money back, in whole or in parts, and asks what became of it.</summary>
internal sealed partial class AlipayChannel
{
    private const string SystemError = "ACQ.SYSTEM_ERROR";
    private const int ReasonCharsMax = 200;

    /// <summary>The refund's number is <c>out_request_no</c>. Code 10000 says that the request was taken; only <c>fund_change</c> says that
    /// money moved, and a repetition says N although it did.</summary>
    public async ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (!CnyMinorUnits.TryFromMoney(refund.Money, out var fen))
        {
            return new RefundResult.Refused($"money {CnyMinorUnits.Form}");
        }
        var biz = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("trade_no", refund.Payment.TransactionId);
            json.WriteString("refund_amount", CnyMinorUnits.ToYuan(fen));
            json.WriteString("refund_reason", refund.Reason.Length <= ReasonCharsMax ? refund.Reason : refund.Reason[..ReasonCharsMax]);
            json.WriteString("out_request_no", refund.Number);
        });
        var reply = await _gateway.CallAsync(settings, "alipay.trade.refund", biz, cancellationToken);
        if (reply.IsDone)
        {
            return reply.Fields!.TextOrEmpty("fund_change", 8) == "Y"
                ? new RefundResult.Done { Sum = SumOf(reply) }
                : await QueryRefundAsync(settings, refund, cancellationToken) switch
                {
                    RefundResult.NotThere => new RefundResult.Pending("Alipay has taken the request, and the money has not moved yet"),
                    var state => state,
                };
        }
        return reply.Fields is null || IsTransient(reply)
            ? new RefundResult.TryLater(reply.Message)
            : new RefundResult.Refused(reply.Message);
    }

    public async ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken) =>
        AlipaySettings.Of(app) is { } settings
            ? await QueryRefundAsync(settings, refund, cancellationToken)
            : new RefundResult.TryLater(NotConfigured);

    /// <summary>What is not <c>REFUND_SUCCESS</c> has not been given back: it may be asked for again under the same number.</summary>
    private async ValueTask<RefundResult> QueryRefundAsync(
        AlipaySettings settings, RefundRequest refund, CancellationToken cancellationToken)
    {
        var biz = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("trade_no", refund.Payment.TransactionId);
            json.WriteString("out_request_no", refund.Number);
        });
        var reply = await _gateway.CallAsync(settings, "alipay.trade.fastpay.refund.query", biz, cancellationToken);
        if (!reply.IsDone)
        {
            return reply.SubCode == NotThere ? new RefundResult.NotThere() : new RefundResult.TryLater(reply.Message);
        }
        // Alipay answers of a refund that it does not have with a code of success and no refund.
        if (reply.Fields!.TextOrEmpty("refund_status", NumberCharsMax) != "REFUND_SUCCESS")
        {
            return new RefundResult.NotThere();
        }
        return reply.Fields.AnyScalar("refund_amount", NumberCharsMax) is not { } text || !Money.TryParse(text, out var money)
            || money != refund.Money || reply.Fields.AnyScalar("out_request_no", NumberCharsMax) is { } number && number != refund.Number
            ? new RefundResult.TryLater($"Alipay answered for another refund than {refund.Number} over {refund.Money}")
            : new RefundResult.Done();
    }

    /// <summary>All refunds of the trade so far.</summary>
    private static Money? SumOf(AlipayGateway.Reply reply) =>
        reply.Fields!.AnyScalar("refund_fee", NumberCharsMax) is { } text && Money.TryParse(text, out var sum) ? sum : null;

    private static bool IsTransient(AlipayGateway.Reply reply) =>
        reply.SubCode == SystemError || reply.Code == "20000" || reply.SubCode.StartsWith("aop.", StringComparison.Ordinal);
}
