using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Google's Real-time developer notifications, pushed by Pub/Sub, and the list of voided purchases for those that no push told of
/// (anchors/payments.md, "RTDN" and "Online"). A push says only that something happened; what it was, Google is always asked.</summary>
public sealed class GoogleNotices(TimeProvider clock, StoreHttp http, GoogleChannel channel, FindOrder findOrder) : INotified, IPolled
{
    private const int NameCharsMax = 512;
    private const int DataCharsMax = 64 * 1024;
    private const int CursorCharsMax = 4096;
    private const int VoidedMax = 1000;
    private const int OneTimeProduct = 2;
    private const int FullRefund = 1;
    private const int StateCancelled = 1;

    /// <summary>How far beyond the last time the list is asked again: a purchase may be entered after the moment at which it was voided.</summary>
    private const long OverlapMs = 24L * 60 * 60 * 1000;

    /// <summary>Google's list goes 30 days back; a minute less, so that clocks may differ.</summary>
    private const long FirstMs = (30L * 24 * 60 * 60 * 1000) - 60_000;

    private readonly PushTokens _tokens = new(clock, http);

    public string Channel => GoogleChannel.ChannelName;

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(30);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<Authenticity> AuthenticateAsync(App app, RawNotice notice, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return new Authenticity.Refused("channel google is not configured for this app");
        }
        switch (await _tokens.JudgeAsync(settings, notice.Headers.GetValueOrDefault("authorization"), notice.ReceivedMs, cancellationToken))
        {
            case PushTokenAnswer.Refused refused:
                return new Authenticity.Refused(refused.Reason);
            case PushTokenAnswer.TryLater later:
                return new Authenticity.TryLater(later.Reason);
        }
        return TryMessage(notice.Body, out var message, out var fault)
            ? new Authenticity.Genuine(message.Id)
            : new Authenticity.Refused($"the push {fault}");
    }

    /// <summary>2xx acknowledges; everything else is pushed again until the subscription's own limit.</summary>
    public NoticeAnswer Answer(NoticeReception reception) => reception switch
    {
        NoticeReception.Stored => new NoticeAnswer(200, "text/plain", ""),
        NoticeReception.Refused => new NoticeAnswer(403, "text/plain", ""),
        NoticeReception.TryLater => new NoticeAnswer(503, "text/plain", ""),
        _ => throw new ArgumentOutOfRangeException(nameof(reception), reception, "is not a reception"),
    };

    public async ValueTask<Tidings> ReadAsync(App app, RawNotice notice, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return new Tidings.Nothing("channel google is no longer configured for this app");
        }
        if (!TryMessage(notice.Body, out var message, out var fault))
        {
            return new Tidings.Nothing($"the push {fault}");
        }
        if (!Fields.TryParse(message.Data, out var fields, out var malformed))
        {
            return new Tidings.Nothing($"the push's data {malformed}");
        }
        if (fields.Text("packageName", NameCharsMax) != settings.PackageName)
        {
            // One topic may serve several packages; each app takes its own.
            return new Tidings.Nothing("it is for another package");
        }
        var saidMs = TimeOf(fields, "eventTimeMillis");
        var tidings = Inner(fields, "oneTimeProductNotification") is { } product ? await ProductAsync(app, settings, product, cancellationToken)
            : Inner(fields, "voidedPurchaseNotification") is { } voided ? await VoidedAsync(settings, voided, cancellationToken)
            : new Tidings.Nothing(fields.Has("testNotification") ? "a test notification" : "nothing that orders depend on");
        return tidings with { SaidMs = saidMs };
    }

    /// <summary>Asks for the purchases that were voided. The cursor is the time up to which we know, and within a span the page's token.</summary>
    public async ValueTask<Poll> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new Poll.NotConfigured();
        }
        var (startMs, endMs, page) = Span(cursor, NowMs);
        switch (await channel.Api.VoidedAsync(settings, startMs, endMs, page, cancellationToken))
        {
            case PlayAnswer.Found found:
                return Page(app, found.Fields, startMs, endMs);
            case PlayAnswer.NotFound when page is not null:
                // The page's token has ended; the span is asked for anew.
                return new Poll.Page([], startMs.ToString(CultureInfo.InvariantCulture), HasMore: false);
            case PlayAnswer.NotFound unknown:
                return new Poll.TryLater(unknown.Reason);
            case PlayAnswer.TryLater later:
                return new Poll.TryLater(later.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static Poll Page(App app, Fields answer, long startMs, long endMs)
    {
        var news = new List<News>();
        if (answer.Element("voidedPurchases") is { ValueKind: JsonValueKind.Array } list)
        {
            if (list.GetArrayLength() > VoidedMax)
            {
                return new Poll.TryLater("Google's list of voided purchases is longer than it was asked for");
            }
            foreach (var item in list.EnumerateArray())
            {
                var voided = new Fields(item);
                if (voided.Text("purchaseToken", PurchaseData.TokenCharsMax) is not { } token)
                {
                    continue;
                }
                var refunded = new Tidings.Refunded(PaymentOf(token, voided.Text("orderId", NameCharsMax), Payment.Production), "Google lists the purchase as voided") { SaidMs = TimeOf(voided, "voidedTimeMillis") };
                news.Add(new News.Fact(refunded));
                if (app.AllowSandbox || app.Testers.Count > 0)
                {
                    // The list does not say whose it was; one token is one purchase, so that only one of the two is anybody's.
                    news.Add(new News.Fact(refunded with { Payment = refunded.Payment with { Environment = Payment.Sandbox } }));
                }
            }
        }
        var next = Inner(answer, "tokenPagination")?.Text("nextPageToken", CursorCharsMax);
        return new Poll.Page(news, next is null ? endMs.ToString(CultureInfo.InvariantCulture) : $"{startMs} {endMs} {next}", next is not null);
    }

    private static (long StartMs, long EndMs, string? Page) Span(string? cursor, long nowMs)
    {
        var parts = cursor?.Split(' ', 3) ?? [];
        var oldestMs = nowMs - FirstMs;
        if (parts.Length == 3 && long.TryParse(parts[0], out var startMs) && long.TryParse(parts[1], out var endMs) && startMs >= oldestMs)
        {
            return (startMs, endMs, parts[2]);
        }
        return (parts.Length > 0 && long.TryParse(parts[0], out var lastMs) ? Math.Max(lastMs - OverlapMs, oldestMs) : oldestMs, nowMs, null);
    }

    /// <summary>A purchase or its cancellation, as the purchase stands now. It pays by itself only where the game named our order as the
    /// <c>obfuscatedProfileId</c>; the client chooses that, so the purchase is compared with the order as a receipt is.</summary>
    private async Task<Tidings> ProductAsync(App app, GoogleSettings settings, Fields product, CancellationToken cancellationToken)
    {
        if (product.Text("purchaseToken", PurchaseData.TokenCharsMax) is not { } token || product.Text("sku", NameCharsMax) is not { } sku
            || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(sku))
        {
            return new Tidings.Nothing("it names no purchase");
        }
        if (settings.Account is null)
        {
            return new Tidings.Nothing("the app has no service account, so that Google cannot be asked");
        }
        OnlinePurchase? purchase;
        switch (await channel.Api.GetAsync(settings, sku, token, cancellationToken))
        {
            case PlayAnswer.Found found when OnlinePurchase.TryRead(found.Fields, out purchase, out _):
                break;
            case PlayAnswer.Found:
                return new Tidings.TryLater("Google Play's answer is not usable");
            case PlayAnswer.TryLater later:
                return new Tidings.TryLater(later.Reason);
            case PlayAnswer.NotFound unknown:
                return new Tidings.Nothing(unknown.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
        var payment = purchase.PaymentOf(token, sku);
        if (purchase.State != 0)
        {
            return purchase.State == StateCancelled ? new Tidings.Refunded(payment, "Google cancelled the purchase") : new Tidings.Nothing("the purchase is pending");
        }
        if (!OrderId.TryParse(purchase.ObfuscatedProfileId, out var id) || await findOrder(id, cancellationToken) is not { } order || order.GameId != app.GameId)
        {
            return new Tidings.Paid(null, payment);
        }
        return GoogleJudgement.Compare(app, settings, order, sku, token, purchase) switch
        {
            Verdict.Paid paid => new Tidings.Paid(id, paid.Payment),
            Verdict.Contradicts contradicts => new Tidings.Contradicts(id, contradicts.Payment, contradicts.Reason),
            Verdict.Rejected rejected => new Tidings.Nothing($"it names order {id}: {rejected.Reason}"),
            var other => throw new InvalidOperationException($"unknown verdict {other}"),
        };
    }

    /// <summary>The money went back. Whether a tester had bought it is asked by the token alone, since no product is named; where Google does not know
    /// the purchase any more, its own word stands. A refund may leave the purchase as it was, so that its state proves nothing.</summary>
    private async Task<Tidings> VoidedAsync(GoogleSettings settings, Fields voided, CancellationToken cancellationToken)
    {
        if (voided.Text("purchaseToken", PurchaseData.TokenCharsMax) is not { } token || !PlayApi.IsSegment(token))
        {
            return new Tidings.Nothing("it names no purchase");
        }
        if (voided.Integer("productType", 0, int.MaxValue) is { } type and not OneTimeProduct)
        {
            return new Tidings.Nothing($"a voided purchase of the product type {type}");
        }
        if (voided.Integer("refundType", 0, int.MaxValue) is { } refund and not FullRefund)
        {
            return new Tidings.PartlyRefunded(null, PaymentOf(token, voided.Text("orderId", NameCharsMax), Payment.Production), $"Google gave a part of the quantity back (refundType {refund})");
        }
        var environment = Payment.Production;
        if (settings.Account is not null)
        {
            switch (await channel.Api.GetByTokenAsync(settings, token, cancellationToken))
            {
                case PlayAnswer.TryLater later:
                    return new Tidings.TryLater(later.Reason);
                case PlayAnswer.Found found:
                    environment = found.Fields.Has("testPurchaseContext") ? Payment.Sandbox : Payment.Production;
                    break;
            }
        }
        return new Tidings.Refunded(PaymentOf(token, voided.Text("orderId", NameCharsMax), environment), "Google voided the purchase");
    }

    /// <summary>64-bit numbers are strings there.</summary>
    private static long? TimeOf(Fields fields, string name) =>
        long.TryParse(fields.Text(name, NameCharsMax), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : null;

    private static Payment PaymentOf(string token, string? orderId, string environment) =>
        new() { Channel = GoogleChannel.ChannelName, Environment = environment, TransactionId = token, StoreOrderId = orderId };

    private static bool TryMessage(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        if (!Fields.TryParse(body, out var push, out fault))
        {
            return false;
        }
        if (Inner(push, "message") is not { } inner || inner.Text("messageId", NameCharsMax) is not { } id || inner.Text("data", DataCharsMax) is not { } data)
        {
            fault = "must hold message with messageId and data";
            return false;
        }
        var bytes = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, bytes, out var length))
        {
            fault = "holds data that is not base64";
            return false;
        }
        message = new Message(id, bytes.AsMemory(0, length));
        return true;
    }

    private static Fields? Inner(Fields fields, string name) =>
        fields.Element(name) is { ValueKind: JsonValueKind.Object } element ? new Fields(element) : null;

    private sealed record Message(string Id, ReadOnlyMemory<byte> Data);
}
