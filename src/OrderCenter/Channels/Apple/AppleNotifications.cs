using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;

namespace OrderCenter.Channels.Apple;

/// <summary>App Store Server Notifications V2 (anchors/payments.md, "Server Notifications V2"), pushed to us or fetched from the
/// history.</summary>
internal sealed class AppleNotifications(
    TimeProvider clock, AppStoreApi api, OrderTokens tokens, FindOrder findOrder, FindPaidOrder findPaidOrder, FindConsumedShare findShare)
    : INotificationHandler, IEventSource
{
    private const int CursorCharsMax = 4096;
    private const int PageEventsMax = 100;

    /// <summary>How far before the last time the history is read again, so that late entries are seen.</summary>
    private const long OverlapMs = 60 * 60 * 1000;

    /// <summary>How far back the first poll reads.</summary>
    private const long FirstMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Apple decides without us after 12 hours.</summary>
    private const long ConsumptionMs = 12 * 60 * 60 * 1000;

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
            AppleNotice.TryRead(settings, notification.Body, notification.ReceivedMs, out var read, out var fault)
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
        return AppleNotice.TryRead(settings, notification.Body, NowMs, out var read, out var fault)
            ? await InterpretAsync(app, settings, read, cancellationToken)
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
                && AppleNotice.TryReadPayload(settings, payload, NowMs, out var read, out _))
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
    private async Task<ProviderEvent> InterpretAsync(
        App app, AppleSettings settings, AppleNotice notification, CancellationToken cancellationToken)
    {
        if (notification.Fault is { } fault)
        {
            return new ProviderEvent.Ignored($"{notification.Type}: authentic, and cannot be understood: {fault}")
            {
                IsUnreadable = notification.Moves,
                ReportedMs = notification.SignedMs,
            };
        }
        if (notification.Transaction is not { } transaction)
        {
            return notification.Moves
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
            "ONE_TIME_CHARGE" when transaction.IsRevoked =>
                AppleTransactionChecks.RefundOf(transaction, "Apple: charged, and refunded since"),
            "ONE_TIME_CHARGE" when transaction.PayFault is { } unread =>
                new ProviderEvent.Ignored($"ONE_TIME_CHARGE: authentic, and cannot be understood: {unread}") { IsUnreadable = true },
            "ONE_TIME_CHARGE" => await ChargeAsync(app, settings, transaction, payment, cancellationToken),
            "REFUND" => AppleTransactionChecks.RefundOf(transaction, "Apple refunded the purchase"),
            "REVOKE" => AppleTransactionChecks.RefundOf(transaction, "the purchase was revoked (family sharing ended)"),
            "REFUND_REVERSED" => new ProviderEvent.RefundReversed(payment, "Apple reversed the refund"),
            "CONSUMPTION_REQUEST" => await ConsumptionAsync(settings, notification, transaction, cancellationToken),
            _ => new ProviderEvent.Ignored(notification.Type),
        };
        return reported with { ReportedMs = notification.SignedMs };
    }

    /// <summary>A purchase. It pays by itself only where the client handed our order's token to Apple; then it is compared with the order
    /// as a receipt is. The first purchase pays the order, a second one is recorded as extra.</summary>
    private async Task<ProviderEvent> ChargeAsync(
        App app, AppleSettings settings, TransactionPayload transaction, Payment payment, CancellationToken cancellationToken)
    {
        if (transaction.AppAccountToken is not { } token || tokens.OrderOf(token, app.GameId) is not { } id
            || await findOrder(id, cancellationToken) is not { } order || order.GameId != app.GameId)
        {
            return new ProviderEvent.Paid(null, payment);
        }
        return AppleTransactionChecks.Compare(app, settings, tokens, order, transaction) switch
        {
            Verdict.Paid paid => new ProviderEvent.Paid(id, paid.Payment),
            Verdict.Contradicts contradicts => new ProviderEvent.Contradicts(id, contradicts.Payment, contradicts.Reason),
            Verdict.Rejected rejected => new ProviderEvent.Rejected(id, payment, rejected.Reason),
            var other => throw new InvalidOperationException($"unknown verdict {other}"),
        };
    }

    private async Task<ProviderEvent> ConsumptionAsync(
        AppleSettings settings, AppleNotice notification, TransactionPayload transaction, CancellationToken cancellationToken)
    {
        if (settings is { AsksPeople: true, Consumption: null, Api: not null })
        {
            return new ProviderEvent.RefundAsked(new RefundQuestion(
                notification.Uuid, AppleTransactionChecks.PaymentOf(transaction), "", notification.SignedMs,
                notification.SignedMs + ConsumptionMs));
        }
        if (settings.Consumption is not { } consent || settings.Api is null)
        {
            return new ProviderEvent.Ignored("CONSUMPTION_REQUEST: not answered, the app's settings give no consent");
        }
        if (NowMs - notification.SignedMs > ConsumptionMs)
        {
            return new ProviderEvent.Ignored("CONSUMPTION_REQUEST: too late to be answered");
        }
        var holder = await findPaidOrder(AppleChannel.ChannelName, transaction.TransactionId, cancellationToken);
        var order = holder is { } id ? await findOrder(id, cancellationToken) : null;
        var isDelivered = order is { State.Progress: Progress.Delivered };
        if (order is not null && await findShare(order.Id, cancellationToken) is { } share)
        {
            consent = consent with { ConsumedShare = share };
        }
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
}
