using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Apple;

/// <summary>App Store Server Notifications V2 (anchors/payments.md, "Server Notifications V2"), pushed to us or fetched from the
/// history.</summary>
internal sealed class AppleNotifications(
    TimeProvider clock, AppStoreApi api, FindOrder findOrder, FindPaidOrder findPaidOrder) : INotificationHandler, IEventSource
{
    private const int NameCharsMax = 512;
    private const int BodyBytesMax = 256 * 1024;
    private const int CursorCharsMax = 4096;
    private const int PageEventsMax = 100;

    /// <summary>How far before the last time the history is read again, so that late entries are seen.</summary>
    private const long OverlapMs = 60 * 60 * 1000;

    /// <summary>How far back the first poll reads.</summary>
    private const long FirstMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Apple decides without us after 12 hours.</summary>
    private const long ConsumptionMs = 12 * 60 * 60 * 1000;

    /// <summary>What a notification may hold, each in the others' place. None of an order's is in the last two.</summary>
    private static readonly string[] Contents = ["data", "summary", "externalPurchaseToken", "appData"];

    private static readonly Dictionary<string, string> NoHeaders = new(StringComparer.Ordinal);

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(30);

    private long NowMs => clock.NowMs();

    public ValueTask<AuthenticationResult> AuthenticateAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return ValueTask.FromResult<AuthenticationResult>(
                new AuthenticationResult.Refused("channel apple is not configured for this app"));
        }
        return ValueTask.FromResult<AuthenticationResult>(
            TryRead(settings, notification.Body, notification.ReceivedMs, out var read, out var fault)
            ? new AuthenticationResult.Genuine(read.Uuid)
            : new AuthenticationResult.Refused(fault));
    }

    public NotificationResponse Respond(NotificationReception reception) => NotificationResponse.ByStatus(reception);

    public async ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return new ProviderEvent.Ignored("channel apple is no longer configured for this app");
        }
        return TryRead(settings, notification.Body, NowMs, out var read, out var fault)
            ? await InterpretAsync(settings, read, cancellationToken)
            : new ProviderEvent.Ignored($"the notification is no longer accepted: {fault}");
    }

    /// <summary>Reads the notifications that did not reach us. The cursor is the time up to which we know, and within a span the page's
    /// token.</summary>
    public async ValueTask<PollResult> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { Api: not null } settings || settings.Environment == AppleSettings.Xcode)
        {
            return new PollResult.NotConfigured();
        }
        var (startMs, endMs, page) = Span(cursor, NowMs);
        var apiBase = settings.Environment == AppleSettings.Sandbox ? settings.SandboxApiBase : settings.ApiBase;
        return await api.HistoryAsync(settings, apiBase, startMs, endMs, page, cancellationToken) switch
        {
            AppStoreResponse.Found found => Page(settings, found.Fields, startMs, endMs),
            AppStoreResponse.NotFound or AppStoreResponse.Refused when page is not null =>
                new PollResult.Page([], Cursor(startMs), HasMore: false),
            AppStoreResponse.NotFound => new PollResult.TryLater("the App Store knows no history of this app"),
            AppStoreResponse.Refused refused => new PollResult.TryLater(refused.Reason),
            AppStoreResponse.NotAdmitted closed => new PollResult.TryLater(closed.Reason),
            AppStoreResponse.TryLater later => new PollResult.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private PollResult Page(AppleSettings settings, JsonFieldReader answer, long startMs, long endMs)
    {
        if (answer.Element("notificationHistory") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > PageEventsMax)
        {
            return new PollResult.TryLater("the App Store's history is not a list that can be read");
        }
        var events = new List<PolledEvent>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            // Not signed for us: like a forged push it is ignored, and must not stop those behind it.
            if (new JsonFieldReader(item).Text("signedPayload", SignedTransaction.CharsMax) is { } payload
                && TryReadPayload(settings, payload, NowMs, out var read, out _))
            {
                // A JWS has no character that JSON escapes, so this is the body as it would have been pushed.
                var body = Encoding.ASCII.GetBytes($$"""{"signedPayload":"{{payload}}"}""");
                events.Add(new PolledEvent.Notification(read.Uuid, new RawNotification(NoHeaders, body, NowMs)));
            }
        }
        var next = answer.Flag("hasMore") is true ? answer.Text("paginationToken", CursorCharsMax) : null;
        return new PollResult.Page(events, next is null ? Cursor(endMs) : $"{startMs} {endMs} {next}", next is not null);
    }

    private static string Cursor(long endMs) => endMs.ToString(CultureInfo.InvariantCulture);

    private static (long StartMs, long EndMs, string? Page) Span(string? cursor, long nowMs)
    {
        var parts = cursor?.Split(' ', 3) ?? [];
        if (parts.Length == 3 && long.TryParse(parts[0], out var startMs) && long.TryParse(parts[1], out var endMs))
        {
            return (startMs, endMs, parts[2]);
        }
        var since = parts.Length == 1 && long.TryParse(parts[0], out var lastMs)
            ? Math.Max(lastMs - OverlapMs, nowMs - FirstMs)
            : nowMs - FirstMs;
        return (Math.Min(since, nowMs - 1), nowMs, null);
    }

    /// <summary>What a proven notification says. Types that we do not know say nothing: Apple adds some every year.</summary>
    private async Task<ProviderEvent> InterpretAsync(AppleSettings settings, Parsed notification, CancellationToken cancellationToken)
    {
        if (notification.Fault is { } fault)
        {
            return new ProviderEvent.Ignored($"{notification.Type}: authentic, and cannot be understood: {fault}")
            {
                IsUnreadable = Moves(notification.Type),
                ReportedMs = notification.SignedMs,
            };
        }
        if (notification.Transaction is not { } transaction)
        {
            return Moves(notification.Type)
                ? new ProviderEvent.Ignored($"{notification.Type}: authentic, and names no transaction")
                {
                    IsUnreadable = true,
                    ReportedMs = notification.SignedMs,
                }
                : new ProviderEvent.Ignored($"{notification.Type}: no transaction") { ReportedMs = notification.SignedMs };
        }
        var payment = AppleTransactionChecks.PaymentOf(transaction);
        ProviderEvent reported = notification.Type switch
        {
            // A charge that was refunded before we heard of it: the transaction as it is signed now says so.
            "ONE_TIME_CHARGE" when transaction.IsRevoked => RefundOf(transaction, payment, "Apple: charged, and refunded since"),
            "ONE_TIME_CHARGE" when transaction.PayFault is { } unread =>
                new ProviderEvent.Ignored($"ONE_TIME_CHARGE: authentic, and cannot be understood: {unread}") { IsUnreadable = true },
            "ONE_TIME_CHARGE" => new ProviderEvent.Paid(null, payment),
            "REFUND" => RefundOf(transaction, payment, "Apple refunded the purchase"),
            "REVOKE" => RefundOf(transaction, payment, "the purchase was revoked (family sharing ended)"),
            "REFUND_REVERSED" => new ProviderEvent.RefundReversed(payment, "Apple reversed the refund"),
            "CONSUMPTION_REQUEST" => await ConsumptionAsync(settings, notification, transaction, cancellationToken),
            _ => new ProviderEvent.Ignored(notification.Type),
        };
        return reported with { ReportedMs = notification.SignedMs };
    }

    /// <summary>The types that an order follows: one of them that cannot be read waits for an operator, the others are only
    /// shown.</summary>
    private static bool Moves(string type) => type is "ONE_TIME_CHARGE" or "REFUND" or "REVOKE" or "REFUND_REVERSED";

    /// <summary>A refund of all, or of the share that the transaction names: the share is of all refunds of it so far.</summary>
    private static ProviderEvent RefundOf(TransactionPayload transaction, Payment payment, string wholeWords) => transaction.IsShareWhole
        ? new ProviderEvent.Refunded(payment, wholeWords)
        : new ProviderEvent.PartlyRefunded(null, payment, AppleTransactionChecks.RefundWords(transaction))
        {
            Part = transaction.RevokedMoney() is { } money ? new PartialRefund(RefundId: null, money) : null,
        };

    private async Task<ProviderEvent> ConsumptionAsync(
        AppleSettings settings, Parsed notification, TransactionPayload transaction, CancellationToken cancellationToken)
    {
        if (settings.Consumption is not { } consent || settings.Api is null)
        {
            return new ProviderEvent.Ignored("CONSUMPTION_REQUEST: not answered, the app's settings give no consent");
        }
        if (NowMs - notification.SignedMs > ConsumptionMs)
        {
            return new ProviderEvent.Ignored("CONSUMPTION_REQUEST: too late to be answered");
        }
        var isDelivered = await findPaidOrder(AppleChannel.ChannelName, transaction.TransactionId, cancellationToken) is { } holder
            && await findOrder(holder, cancellationToken) is { State.Progress: Progress.Delivered };
        var apiBase = transaction.Environment == AppleSettings.Production ? settings.ApiBase : settings.SandboxApiBase;
        return await api.ConsumptionAsync(settings, apiBase, transaction.TransactionId, consent, isDelivered, cancellationToken) switch
        {
            AppStoreResponse.Found =>
                new ProviderEvent.Ignored($"CONSUMPTION_REQUEST: answered, {(isDelivered ? "delivered" : "not delivered")}"),
            AppStoreResponse.NotFound => new ProviderEvent.Ignored("CONSUMPTION_REQUEST: the App Store does not know the transaction"),
            AppStoreResponse.Refused refused => new ProviderEvent.Ignored($"CONSUMPTION_REQUEST: {refused.Reason}"),
            AppStoreResponse.NotAdmitted closed => new ProviderEvent.TryLater(closed.Reason),
            AppStoreResponse.TryLater later => new ProviderEvent.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static bool TryRead(AppleSettings settings, ReadOnlyMemory<byte> body, long nowMs, out Parsed notification, out string fault)
    {
        notification = null!;
        if (body.Length > BodyBytesMax)
        {
            fault = $"the notification is larger than {BodyBytesMax} bytes";
            return false;
        }
        if (!JsonFieldReader.TryParse(body, out var outer, out var malformed)
            || outer.Text("signedPayload", SignedTransaction.CharsMax) is not { } payload)
        {
            fault = malformed is null ? "signedPayload is missing" : $"the notification {malformed}";
            return false;
        }
        return TryReadPayload(settings, payload, nowMs, out notification, out fault);
    }

    /// <summary>1. The outer JWS is Apple's. 2. It is for this bundle and an environment that this installation takes, as far as it says.
    /// 3. The transaction in it is Apple's by its own signature, and of the same bundle and environment. What is Apple's and cannot be
    /// understood is reported as such, not refused: Apple adds types and shapes every year.</summary>
    private static bool TryReadPayload(AppleSettings settings, string signedPayload, long nowMs, out Parsed notification, out string fault)
    {
        notification = null!;
        if (!SignedTransaction.TryVerify(signedPayload, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the notification is not authentic: {forged}";
            return false;
        }
        if (!payload.IsGiven("notificationType") && !payload.IsGiven("notificationUUID"))
        {
            // Apple signs receipts as well, and every player has some: they must not fill the inbox.
            fault = "what Apple signed is no notification";
            return false;
        }
        var content = Contents.Select(payload.AnyObject).FirstOrDefault(found => found is not null) ?? payload;
        var environment = content.AnyText("environment", NameCharsMax);
        if (content.AnyText("bundleId", NameCharsMax) is { } bundleId && bundleId != settings.BundleId)
        {
            fault = "the notification is for another bundle";
            return false;
        }
        if (environment is not null && !AppleTransactionChecks.IsExpected(settings, environment))
        {
            fault = $"the notification is not of the environment {settings.Environment}";
            return false;
        }
        if (!TryInner(settings, content, environment, nowMs, out var transaction, out var unread, out fault))
        {
            return false;
        }
        notification = new Parsed(
            payload.AnyText("notificationType", NameCharsMax) ?? "a notification without a type",
            AuthenticFields.IdOf(payload.AnyText("notificationUUID", NameCharsMax), Encoding.UTF8.GetBytes(signedPayload)),
            payload.AnyTime("signedDate") ?? 0, transaction, unread);
        return true;
    }

    /// <summary>Verifies the transaction in a notification. There may be none; what cannot be read of an authentic one is told in
    /// <c>unread</c>.</summary>
    private static bool TryInner(
        AppleSettings settings, JsonFieldReader content, string? environment, long nowMs, out TransactionPayload? transaction,
        out string? unread, out string fault)
    {
        (transaction, unread, fault) = (null, null, "");
        if (!content.IsGiven("signedTransactionInfo"))
        {
            return true;
        }
        if (content.AnyText("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws)
        {
            unread = "signedTransactionInfo must be a string";
            return true;
        }
        if (!SignedTransaction.TryVerify(jws, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the transaction in the notification is not authentic: {forged}";
            return false;
        }
        if (TransactionPayload.Read(payload) is not { } read)
        {
            unread = payload.Faults[0];
            return true;
        }
        if (read.BundleId != settings.BundleId || (environment is not null && read.Environment != environment)
            || !AppleTransactionChecks.IsExpected(settings, read.Environment))
        {
            fault = "the transaction in the notification is of another bundle or environment";
            return false;
        }
        transaction = read;
        return true;
    }

    /// <param name="Type"><c>notificationType</c>.</param>
    /// <param name="Uuid">The same in every repetition.</param>
    /// <param name="SignedMs">When Apple said it; Unix milliseconds.</param>
    /// <param name="Transaction">What it is about; null: no transaction (<c>TEST</c>).</param>
    /// <param name="Fault">Why the transaction cannot be read; null: it can, or there is none.</param>
    private sealed record Parsed(string Type, string Uuid, long SignedMs, TransactionPayload? Transaction, string? Fault);
}
