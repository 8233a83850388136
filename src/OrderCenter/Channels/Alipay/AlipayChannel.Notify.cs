using System.Diagnostics.CodeAnalysis;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay's asynchronous notifications (anchors/payments.md, "Alipay", notify).</summary>
internal sealed partial class AlipayChannel
{
    private const string SignType = "RSA2";

    /// <summary>1. A form, each name once. 2. Signed with RSA2 by Alipay's key. 3. For this app and, where it is set, this
    /// seller.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(App app, RawNotification notification, CancellationToken cancellationToken) =>
        new(Authenticate(app, notification));

    public NotificationResponse Respond(NotificationReception reception) => reception switch
    {
        NotificationReception.Stored => new NotificationResponse(200, "text/plain; charset=utf-8", "success"),
        NotificationReception.TryLater => new NotificationResponse(503, "text/plain; charset=utf-8", "fail"),
        _ => new NotificationResponse(400, "text/plain; charset=utf-8", "fail"),
    };

    public ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken) =>
        new(Read(app, notification));

    private static AuthenticationResult Authenticate(App app, RawNotification notification)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new AuthenticationResult.Refused(NotConfigured);
        }
        if (!TryParse(notification, out var parameters, out var fault))
        {
            return new AuthenticationResult.Refused(fault);
        }
        if (parameters.Text("sign_type") != SignType)
        {
            return new AuthenticationResult.Refused($"sign_type must be {SignType}");
        }
        if (parameters.Text("sign") is not { Length: > 0 } signature || !settings.AlipayPublicKey.Verify(Canonical(parameters), signature))
        {
            return new AuthenticationResult.Refused("the signature is not Alipay's");
        }
        if (parameters.Text("app_id") != settings.AppId)
        {
            return new AuthenticationResult.Refused("it is for another app_id");
        }
        if (settings.SellerId is { } seller && parameters.Text("seller_id") != seller)
        {
            return new AuthenticationResult.Refused("it is for another seller_id");
        }
        var notifyId = AuthenticFields.IdOf(parameters.Text("notify_id"), notification.Body.Span);

        // The id is the same in every repetition; the state beside it keeps two events of one trade apart.
        var status = parameters.Text("trade_status") is { Length: <= 32 } text ? text : "";
        return new AuthenticationResult.Genuine($"{notifyId}:{status}");
    }

    private static ProviderEvent Read(App app, RawNotification notification)
    {
        if (AlipaySettings.Of(app) is not { } settings)
        {
            return new ProviderEvent.TryLater(NotConfigured);
        }
        if (!TryParse(notification, out var parameters, out var fault))
        {
            return new ProviderEvent.Ignored(fault);
        }
        if (AlipayTrade.Read(parameters.Text, out fault) is not { } trade)
        {
            // Notifications of other services have no trade; one that has a trade's state and cannot be read may be a payment.
            return new ProviderEvent.Ignored($"authentic, and tells of no trade: {fault}")
            {
                IsUnreadable = parameters.Text("trade_status") is { Length: > 0 },
            };
        }
        var payment = trade.ToPayment(settings.Environment);
        // It tells the sum of all refunds, and the number of the one that it is about.
        var number = parameters.Text("out_biz_no") is { Length: > 0 and <= NumberCharsMax } text ? text : null;
        if (trade.IsRefunded)
        {
            var all = trade.Refunded ?? trade.Total;
            return new ProviderEvent.Refunded(payment, $"Alipay gave {all} back")
            {
                Part = new PartialRefund(RefundId: null, all) { Latest = number },
            };
        }
        if (!trade.IsPaid)
        {
            return new ProviderEvent.Ignored($"the trade is in the state {trade.Status}");
        }
        var order = OrderId.TryParse(trade.OutTradeNo, out var id) ? id : (OrderId?)null;
        return trade.Refunded is { AmountE4: > 0 } part
            ? new ProviderEvent.PartlyRefunded(order, payment, $"Alipay gave {part} of {trade.Total} back")
            {
                Part = new PartialRefund(RefundId: null, part) { Latest = number },
            }
            : new ProviderEvent.Paid(order, payment);
    }

    private static bool TryParse(RawNotification notification, out ParameterSet parameters, [NotNullWhen(false)] out string? fault)
    {
        parameters = new ParameterSet();
        return parameters.TryAddUrlEncoded(ByteOrderMark.Skip(notification.Body.Span), out fault);
    }

    /// <summary>All fields but sign and sign_type, in the bytes that they were sent in (whatever their charset), sorted, empty ones
    /// included.</summary>
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
