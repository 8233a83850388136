using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Google;

/// <summary>Google's Real-time developer notifications, pushed by Pub/Sub (anchors/payments.md, "RTDN"). A push says only that something
/// happened; Google is always queried for what it was.</summary>
internal sealed class GoogleNotifications(
    TimeProvider clock, StoreHttp http, PlayApi api, FindOrder findOrder, FindPaidOrder findPaidOrder) : INotificationHandler
{
    private const int NameCharsMax = 512;
    private const int DataCharsMax = 64 * 1024;
    private const int TokenCharsMax = 4096;

    /// <summary>Google decides without us after 24 hours.</summary>
    private const long ReviewMs = 24L * 60 * 60 * 1000;

    private readonly PushTokenVerifier _tokens = new(clock, http);

    /// <summary>What was given back: pushed, or in Google's list.</summary>
    public GoogleVoided Voided { get; } = new(clock, api, findOrder, findPaidOrder);

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
            {
                IsForAnother = PackageOf(notification.Body) is { } package && package != settings.PackageName,
            }
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
            : fields.AnyObject("voidedPurchaseNotification") is { } voided
                ? await Voided.ReadAsync(settings, voided, cancellationToken)
            : fields.AnyObject("pendingRefundReviewNotification") is { } review
                ? Review(settings, review, reportedMs ?? notification.ReceivedMs)
            : new ProviderEvent.Ignored(fields.Has("testNotification") ? "a test notification" : "nothing that orders depend on");
        return reported with { ReportedMs = reportedMs };
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
            case PlayResponse.Found found when OnlinePurchase.TryRead(found.Fields, sku, out purchase, out _):
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
        var events = new List<ProviderEvent>();
        foreach (var line in purchase.Lines)
        {
            events.Add(await LineAsync(app, settings, token, purchase, line, cancellationToken));
        }
        return events.Count == 1 ? events[0] : new ProviderEvent.Several(events);
    }

    /// <summary>One product of a purchase: the order that the purchase names is paid by its own product's line; what belongs to no order is
    /// shown.</summary>
    private async Task<ProviderEvent> LineAsync(
        App app, GoogleSettings settings, string token, OnlinePurchase purchase, PurchaseLine line, CancellationToken cancellationToken)
    {
        var payment = purchase.PaymentOf(token, line);
        if (purchase.State != OnlinePurchase.Purchased)
        {
            return purchase.State == OnlinePurchase.Cancelled
                ? new ProviderEvent.Refunded(payment, "Google cancelled the purchase")
                : new ProviderEvent.Ignored("the purchase is pending");
        }
        if (!OrderId.TryParse(purchase.ObfuscatedProfileId, out var id) || await findOrder(id, cancellationToken) is not { } order
            || order.GameId != app.GameId || (purchase.Lines.Count > 1 && line.ProductId != order.ProductId))
        {
            return new ProviderEvent.Paid(null, payment);
        }
        return GooglePurchaseChecks.Compare(app, settings, order, token, purchase) switch
        {
            Verdict.Paid paid => new ProviderEvent.Paid(id, paid.Payment),
            Verdict.Contradicts contradicts => new ProviderEvent.Contradicts(id, contradicts.Payment, contradicts.Reason),
            Verdict.Rejected rejected => new ProviderEvent.Rejected(id, payment, rejected.Reason),
            var other => throw new InvalidOperationException($"unknown verdict {other}"),
        };
    }

    /// <summary>Google asks whether it should give a purchase back.</summary>
    private static ProviderEvent Review(GoogleSettings settings, JsonFieldReader review, long askedMs)
    {
        if (review.AnyText("orderId", NameCharsMax) is not { } orderId || !PlayApi.IsSegment(orderId)
            || review.AnyText("pendingRefundToken", TokenCharsMax) is not { } token)
        {
            return new ProviderEvent.Ignored("authentic, and the question about a refund cannot be read") { IsUnreadable = true };
        }
        if (settings.Account is null)
        {
            return new ProviderEvent.Ignored("a question about a refund: not answered, the app has no service account");
        }
        var payment = new Payment
        {
            Channel = GoogleChannel.ChannelName, Environment = Payment.Production, StoreOrderId = orderId,
            TransactionId = review.AnyText("purchaseToken", PurchaseData.TokenCharsMax) ?? orderId,
        };
        return new ProviderEvent.RefundAsked(
            new RefundQuestion(AuthenticFields.IdOf(null, Encoding.UTF8.GetBytes(token)), payment, token, askedMs, askedMs + ReviewMs)
            {
                Policy = settings.RefundReview,
            });
    }

    /// <summary>Which package a push is for; null: it does not say. One topic, and one token, may serve several.</summary>
    private static string? PackageOf(ReadOnlyMemory<byte> body) =>
        TryData(body, out var data, out _) && JsonFieldReader.TryParse(data, out var fields, out _)
            ? fields.AnyText("packageName", NameCharsMax)
            : null;

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
