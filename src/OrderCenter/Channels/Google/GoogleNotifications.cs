using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Google;

/// <summary>Google's Real-time developer notifications, pushed by Pub/Sub, and the list of voided purchases for those that no push reported
/// (anchors/payments.md, "RTDN" and "Online"). A push says only that something happened; Google is always queried for what it
/// was.</summary>
internal sealed class GoogleNotifications(TimeProvider clock, StoreHttp http, PlayApi api, FindOrder findOrder) : INotificationHandler,
    IEventSource
{
    private const int NameCharsMax = 512;
    private const int DataCharsMax = 64 * 1024;
    private const int CursorCharsMax = 4096;
    private const int VoidedMax = 1000;
    private const int OneTimeProduct = 2;
    private const int FullRefund = 1;
    private const int StateCancelled = 1;

    /// <summary>How far before the last time the list is read again: a purchase may be entered after the moment at which it was
    /// voided.</summary>
    private const long OverlapMs = 24L * 60 * 60 * 1000;

    /// <summary>Google's list goes 30 days back; a minute less, so that clocks may differ.</summary>
    private const long FirstMs = (30L * 24 * 60 * 60 * 1000) - 60_000;

    private readonly PushTokenVerifier _tokens = new(clock, http);

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(30);

    private long NowMs => clock.NowMs();

    public async ValueTask<AuthenticationResult> AuthenticateAsync(
        App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return new AuthenticationResult.Refused("channel google is not configured for this app");
        }
        switch (await _tokens.VerifyAsync(
            settings, notification.Headers.GetValueOrDefault("authorization"), notification.ReceivedMs, cancellationToken))
        {
            case PushTokenResult.Refused refused:
                return new AuthenticationResult.Refused(refused.Reason);
            case PushTokenResult.TryLater later:
                return new AuthenticationResult.TryLater(later.Reason);
        }

        // The token does not cover the body; what Pub/Sub wraps a message in has to be there. What the message holds is read later: one
        // that cannot be understood would only be pushed again, for days.
        return JsonFieldReader.TryParse(notification.Body, out var push, out _) && push.AnyObject("message") is { } message
            && IdOf(message) is { } id
            ? new AuthenticationResult.Genuine(AuthenticFields.IdOf(id, notification.Body.Span))
            : new AuthenticationResult.Refused("the push holds no message with messageId");
    }

    public NotificationResponse Respond(NotificationReception reception) => NotificationResponse.ByStatus(reception);

    public async ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return new ProviderEvent.Ignored("channel google is no longer configured for this app");
        }
        if (!TryData(notification.Body, out var data, out var fault))
        {
            return new ProviderEvent.Ignored($"the push {fault}");
        }
        if (!JsonFieldReader.TryParse(data, out var fields, out var malformed))
        {
            return new ProviderEvent.Ignored($"the push's data {malformed}");
        }
        if (fields.AnyText("packageName", NameCharsMax) != settings.PackageName)
        {
            // One topic may serve several packages; each app reads its own.
            return new ProviderEvent.Ignored("it is for another package");
        }
        var reportedMs = fields.AnyTime("eventTimeMillis");
        var reported = fields.AnyObject("oneTimeProductNotification") is { } product
            ? await ProductAsync(app, settings, product, cancellationToken)
            : fields.AnyObject("voidedPurchaseNotification") is { } voided ? await VoidedAsync(settings, voided, cancellationToken)
            : new ProviderEvent.Ignored(fields.Has("testNotification") ? "a test notification" : "nothing that orders depend on");
        return reported with { ReportedMs = reportedMs };
    }

    /// <summary>Reads the purchases that were voided. The cursor is the time up to which we know, and within a span the page's
    /// token.</summary>
    public async ValueTask<PollResult> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new PollResult.NotConfigured();
        }
        var (startMs, endMs, page) = Span(cursor, NowMs);
        switch (await api.VoidedAsync(settings, startMs, endMs, page, cancellationToken))
        {
            case PlayResponse.Found found:
                return Page(app, found.Fields, startMs, endMs);
            case PlayResponse.NotFound when page is not null:
                // The page's token has expired; the span is read from its beginning.
                return new PollResult.Page([], startMs.ToString(CultureInfo.InvariantCulture), HasMore: false);
            case PlayResponse.NotFound unknown:
                return new PollResult.TryLater(unknown.Reason);
            case PlayResponse.TryLater later:
                return new PollResult.TryLater(later.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static PollResult Page(App app, JsonFieldReader answer, long startMs, long endMs)
    {
        var events = new List<PolledEvent>();
        if (answer.Element("voidedPurchases") is { ValueKind: JsonValueKind.Array } list)
        {
            if (list.GetArrayLength() > VoidedMax)
            {
                return new PollResult.TryLater("Google's list of voided purchases is longer than it was asked for");
            }
            foreach (var item in list.EnumerateArray())
            {
                var voided = new JsonFieldReader(item);
                if (voided.AnyText("purchaseToken", PurchaseData.TokenCharsMax) is not { } token)
                {
                    continue;
                }
                var refunded = new ProviderEvent.Refunded(
                    PaymentOf(token, voided.AnyText("orderId", NameCharsMax), Payment.Production),
                    "Google lists the purchase as voided") { ReportedMs = voided.AnyTime("voidedTimeMillis") };
                events.Add(new PolledEvent.Fact(refunded));
                if (app.AllowSandbox || app.Testers.Count > 0)
                {
                    // The list does not say whose it was; one token is one purchase, so that only one of the two is anybody's.
                    events.Add(new PolledEvent.Fact(refunded with { Payment = refunded.Payment with { Environment = Payment.Sandbox } }));
                }
            }
        }
        var next = answer.AnyObject("tokenPagination")?.AnyText("nextPageToken", CursorCharsMax);
        return new PollResult.Page(
            events, next is null ? endMs.ToString(CultureInfo.InvariantCulture) : $"{startMs} {endMs} {next}", next is not null);
    }

    private static (long StartMs, long EndMs, string? Page) Span(string? cursor, long nowMs)
    {
        var parts = cursor?.Split(' ', 3) ?? [];
        var oldestMs = nowMs - FirstMs;
        if (parts.Length == 3 && long.TryParse(parts[0], out var startMs) && long.TryParse(parts[1], out var endMs) && startMs >= oldestMs)
        {
            return (startMs, endMs, parts[2]);
        }
        var sinceMs = parts.Length > 0 && long.TryParse(parts[0], out var lastMs) ? Math.Max(lastMs - OverlapMs, oldestMs) : oldestMs;
        return (sinceMs, nowMs, null);
    }

    /// <summary>A purchase or its cancellation, as the purchase stands now. It pays by itself only where the game named our order as the
    /// <c>obfuscatedProfileId</c>; the client chooses that, so the purchase is compared with the order as a receipt is.</summary>
    private async Task<ProviderEvent> ProductAsync(
        App app, GoogleSettings settings, JsonFieldReader product, CancellationToken cancellationToken)
    {
        if (product.AnyText("purchaseToken", PurchaseData.TokenCharsMax) is not { } token
            || product.AnyText("sku", NameCharsMax) is not { } sku
            || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(sku))
        {
            return new ProviderEvent.Ignored("authentic, and names no purchase") { IsUnreadable = true };
        }
        if (settings.Account is null)
        {
            return new ProviderEvent.Ignored("the app has no service account, so that Google cannot be asked");
        }
        OnlinePurchase? purchase;
        switch (await api.GetAsync(settings, sku, token, cancellationToken))
        {
            case PlayResponse.Found found when OnlinePurchase.TryRead(found.Fields, out purchase, out _):
                break;
            case PlayResponse.Found:
                return new ProviderEvent.TryLater("Google Play's answer is not usable");
            case PlayResponse.TryLater later:
                return new ProviderEvent.TryLater(later.Reason);
            case PlayResponse.NotFound unknown:
                return new ProviderEvent.Ignored(unknown.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
        var payment = purchase.PaymentOf(token, sku);
        if (purchase.State != 0)
        {
            return purchase.State == StateCancelled
                ? new ProviderEvent.Refunded(payment, "Google cancelled the purchase")
                : new ProviderEvent.Ignored("the purchase is pending");
        }
        if (!OrderId.TryParse(purchase.ObfuscatedProfileId, out var id) || await findOrder(id, cancellationToken) is not { } order
            || order.GameId != app.GameId)
        {
            return new ProviderEvent.Paid(null, payment);
        }
        return GooglePurchaseChecks.Compare(app, settings, order, sku, token, purchase) switch
        {
            Verdict.Paid paid => new ProviderEvent.Paid(id, paid.Payment),
            Verdict.Contradicts contradicts => new ProviderEvent.Contradicts(id, contradicts.Payment, contradicts.Reason),
            Verdict.Rejected rejected => new ProviderEvent.Rejected(id, payment, rejected.Reason),
            var other => throw new InvalidOperationException($"unknown verdict {other}"),
        };
    }

    /// <summary>The purchase was refunded. Whether a tester had bought it is queried by the token alone, since no product is named; where
    /// Google does not know the purchase any more, the notification counts. A refund may leave the purchase as it was, so that its state
    /// proves nothing.</summary>
    private async Task<ProviderEvent> VoidedAsync(GoogleSettings settings, JsonFieldReader voided, CancellationToken cancellationToken)
    {
        if (voided.AnyText("purchaseToken", PurchaseData.TokenCharsMax) is not { } token || !PlayApi.IsSegment(token))
        {
            return new ProviderEvent.Ignored("authentic, and names no purchase") { IsUnreadable = true };
        }
        if (voided.AnyInteger("productType", 0, int.MaxValue) is { } type and not OneTimeProduct)
        {
            return new ProviderEvent.Ignored($"a voided purchase of the product type {type}");
        }
        var refund = voided.AnyInteger("refundType", 0, int.MaxValue);
        if (refund is not FullRefund && voided.IsGiven("refundType"))
        {
            var words = refund is null
                ? "Google gave the purchase back, and how much of it cannot be read (refundType)"
                : $"Google gave a part of the quantity back (refundType {refund})";
            return new ProviderEvent.PartlyRefunded(
                null, PaymentOf(token, voided.AnyText("orderId", NameCharsMax), Payment.Production), words);
        }
        var environment = Payment.Production;
        if (settings.Account is not null)
        {
            switch (await api.GetByTokenAsync(settings, token, cancellationToken))
            {
                case PlayResponse.TryLater later:
                    return new ProviderEvent.TryLater(later.Reason);
                case PlayResponse.Found found:
                    environment = found.Fields.Has("testPurchaseContext") ? Payment.Sandbox : Payment.Production;
                    break;
            }
        }
        return new ProviderEvent.Refunded(
            PaymentOf(token, voided.AnyText("orderId", NameCharsMax), environment), "Google voided the purchase");
    }

    private static Payment PaymentOf(string token, string? orderId, string environment) =>
        new() { Channel = GoogleChannel.ChannelName, Environment = environment, TransactionId = token, StoreOrderId = orderId };

    private static string? IdOf(JsonFieldReader message) =>
        message.AnyText("messageId", NameCharsMax) ?? message.AnyText("message_id", NameCharsMax);

    private static bool TryData(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> data, [NotNullWhen(false)] out string? fault)
    {
        data = default;
        if (!JsonFieldReader.TryParse(body, out var push, out fault))
        {
            return false;
        }
        if (push.AnyObject("message")?.AnyText("data", DataCharsMax) is not { } text)
        {
            fault = "holds no message with data";
            return false;
        }
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            fault = "holds data that is not base64";
            return false;
        }
        data = bytes.AsMemory(0, length);
        return true;
    }
}
