using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>Gives money back, in whole or in parts, and asks what became of it.</summary>
internal sealed partial class WeChatChannel
{
    private const string RefundsPath = "/v3/refund/domestic/refunds";
    private const int ReasonCharsMax = 80;

    /// <summary>The refund's number is <c>out_refund_no</c>; <c>total</c> is what was paid, whatever part of it goes back.</summary>
    public async ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (!CnyMinorUnits.TryFromMoney(refund.Money, out var fen)
            || !CnyMinorUnits.TryFromMoney(refund.Payment.Money ?? refund.Order.Money, out var totalFen))
        {
            return new RefundResult.Refused($"money {CnyMinorUnits.Form}");
        }
        var body = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("transaction_id", refund.Payment.TransactionId);
            json.WriteString("out_refund_no", refund.Number);
            json.WriteString("reason", Cut(refund.Reason, ReasonCharsMax));
            if ((settings.NotifyUrl ?? address.NotifyAt(ChannelName, app.GameId)) is { } notifyUrl)
            {
                json.WriteString("notify_url", notifyUrl.AbsoluteUri);
            }
            json.WriteStartObject("amount");
            json.WriteNumber("refund", fen);
            json.WriteNumber("total", totalFen);
            json.WriteString("currency", Yuan);
            json.WriteEndObject();
        });
        var reply = await _api.CallAsync(settings, HttpMethod.Post, RefundsPath, body, cancellationToken);
        return reply.IsDone ? StateOf(reply, refund, fen)
            : reply is { IsRefusal: true, IsSigned: true, Code: not "FREQUENCY_LIMITED" and not "RATELIMIT_EXCEEDED" }
                ? new RefundResult.Refused(reply.Message)
                : new RefundResult.TryLater(reply.Message);
    }

    public async ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (!CnyMinorUnits.TryFromMoney(refund.Money, out var fen))
        {
            return new RefundResult.Refused($"money {CnyMinorUnits.Form}");
        }
        var reply = await _api.CallAsync(
            settings, HttpMethod.Get, $"{RefundsPath}/{Uri.EscapeDataString(refund.Number)}", "", cancellationToken);
        return reply.IsDone ? StateOf(reply, refund, fen)
            : reply is { Status: 404, IsSigned: true, Code: "RESOURCE_NOT_EXISTS" } ? new RefundResult.NotThere()
            : new RefundResult.TryLater(reply.Message);
    }

    /// <summary>The state in an answer of WeChat's. <c>ABNORMAL</c> (the player's card takes no money) has not ended: the merchant gives it
    /// back another way, in WeChat's platform, and the refund is a success then.</summary>
    private static RefundResult StateOf(WeChatApi.Reply reply, RefundRequest refund, long fen)
    {
        var fields = reply.Fields;
        if (fields?.AnyText("out_refund_no", NumberCharsMax) is { } number && number != refund.Number
            || fields?.AnyObject("amount")?.AnyInteger("refund", 1, CnyMinorUnits.Max) is { } given && given != fen)
        {
            return new RefundResult.TryLater($"WeChat Pay answered for another refund than {refund.Number} over {refund.Money}");
        }
        return fields?.TextOrEmpty("status", NumberCharsMax) switch
        {
            "SUCCESS" => new RefundResult.Done(fields.AnyText("refund_id", NumberCharsMax)),
            "PROCESSING" => new RefundResult.Pending(),
            "ABNORMAL" => new RefundResult.Pending("WeChat Pay: the refund is in the state ABNORMAL; end it in the merchant platform"),
            "CLOSED" => new RefundResult.Refused("WeChat Pay: the refund is in the state CLOSED") { IsClosed = true },
            { Length: > 0 } status => new RefundResult.TryLater($"WeChat Pay: the refund is in the state {status}"),
            _ => new RefundResult.TryLater("WeChat Pay's answer has no status"),
        };
    }
}
