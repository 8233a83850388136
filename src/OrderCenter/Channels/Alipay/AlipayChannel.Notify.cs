using System.Diagnostics.CodeAnalysis;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Wire;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay's asynchronous notifications (anchors/payments.md, "Alipay", notify).</summary>
internal sealed partial class AlipayChannel
{
    private const string SignType = "RSA2";

    /// <summary>1. A form, each name once. 2. Signed with RSA2 by Alipay's key. 3. For this app and, where it is set, this seller.</summary>
    public ValueTask<Authenticity> AuthenticateAsync(App app, RawNotice notice, CancellationToken cancellationToken) => new(Judge(app, notice));

    public NoticeAnswer Answer(NoticeReception reception) => reception switch
    {
        NoticeReception.Stored => new NoticeAnswer(200, "text/plain; charset=utf-8", "success"),
        NoticeReception.TryLater => new NoticeAnswer(503, "text/plain; charset=utf-8", "fail"),
        _ => new NoticeAnswer(400, "text/plain; charset=utf-8", "fail"),
    };

    public ValueTask<Tidings> ReadAsync(App app, RawNotice notice, CancellationToken cancellationToken) => new(Read(app, notice));

    private static Authenticity Judge(App app, RawNotice notice)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new Authenticity.Refused(NotConfigured);
        }
        if (!TryParse(notice, out var parameters, out var fault))
        {
            return new Authenticity.Refused(fault);
        }
        if (parameters.Text("sign_type") != SignType)
        {
            return new Authenticity.Refused($"sign_type must be {SignType}");
        }
        if (parameters.Text("sign") is not { Length: > 0 } signature || !settings.AlipayPublicKey.Verify(Canonical(parameters), signature))
        {
            return new Authenticity.Refused("the signature is not Alipay's");
        }
        if (parameters.Text("app_id") != settings.AppId)
        {
            return new Authenticity.Refused("it is for another app_id");
        }
        if (settings.SellerId is { } seller && parameters.Text("seller_id") != seller)
        {
            return new Authenticity.Refused("it is for another seller_id");
        }
        if (parameters.Text("notify_id") is not { Length: > 0 and <= 128 } notifyId)
        {
            return new Authenticity.Refused("notify_id is missing");
        }
        // The id is the same in every repetition; the state beside it keeps two tidings of one trade apart.
        var status = parameters.Text("trade_status") is { Length: <= 32 } text ? text : "";
        return new Authenticity.Genuine($"{notifyId}:{status}");
    }

    private static Tidings Read(App app, RawNotice notice)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new Tidings.TryLater(NotConfigured);
        }
        if (!TryParse(notice, out var parameters, out var fault))
        {
            return new Tidings.Nothing(fault);
        }
        if (Trade.Read(parameters.Text, out fault) is not { } trade)
        {
            return new Tidings.Nothing($"it tells of no trade: {fault}");
        }
        var payment = trade.ToPayment(settings.Environment);
        if (trade.IsRefunded)
        {
            return new Tidings.Refunded(payment, $"Alipay gave {(trade.Refunded ?? trade.Total)} back");
        }
        if (!trade.IsPaid)
        {
            return new Tidings.Nothing($"the trade is in the state {trade.Status}");
        }
        var order = OrderId.TryParse(trade.OutTradeNo, out var id) ? id : (OrderId?)null;
        return trade.Refunded is { AmountE4: > 0 } part
            ? new Tidings.PartlyRefunded(order, payment, $"Alipay gave {part} of {trade.Total} back") { Part = new RefundPart(RefundId: null, part) }
            : new Tidings.Paid(order, payment);
    }

    private static bool TryParse(RawNotice notice, out ParameterSet parameters, [NotNullWhen(false)] out string? fault)
    {
        parameters = new ParameterSet();
        return parameters.TryAddUrlEncoded(notice.Body.Span, out fault);
    }

    /// <summary>All fields but sign and sign_type, in the bytes that they were sent in (whatever their charset), sorted, empty ones included.</summary>
    private static byte[] Canonical(ParameterSet parameters)
    {
        using var buffer = new MemoryStream();
        foreach (var parameter in parameters.Sorted)
        {
            if (parameter.Name.Span.SequenceEqual("sign"u8) || parameter.Name.Span.SequenceEqual("sign_type"u8))
            {
                continue;
            }
            if (buffer.Length > 0)
            {
                buffer.WriteByte((byte)'&');
            }
            buffer.Write(parameter.Name.Span);
            buffer.WriteByte((byte)'=');
            buffer.Write(parameter.Value.Span);
        }
        return buffer.ToArray();
    }
}
