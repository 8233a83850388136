using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>App Store Server Notifications V2 (anchors/payments.md, "Server Notifications V2"), pushed to us or fetched from the history.</summary>
public sealed class AppleNotices(TimeProvider clock, StoreHttp http, FindOrder findOrder, FindHolder findHolder) : INotified, IPolled
{
    private const int NameCharsMax = 512;
    private const int BodyBytesMax = 256 * 1024;
    private const int CursorCharsMax = 4096;
    private const int PageNoticesMax = 100;

    /// <summary>How far back beyond the last time the history is asked, so that what was late in appearing there is seen.</summary>
    private const long OverlapMs = 60 * 60 * 1000;

    /// <summary>How far back the first question goes.</summary>
    private const long FirstMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Apple decides without us after 12 hours.</summary>
    private const long ConsumptionMs = 12 * 60 * 60 * 1000;

    private static readonly Dictionary<string, string> NoHeaders = new(StringComparer.Ordinal);
    private readonly AppStoreApi _api = new(clock, http);

    public string Channel => AppleChannel.ChannelName;

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(30);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<Authenticity> AuthenticateAsync(App app, RawNotice notice, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return ValueTask.FromResult<Authenticity>(new Authenticity.Refused("channel apple is not configured for this app"));
        }
        return ValueTask.FromResult<Authenticity>(TryRead(settings, notice.Body, notice.ReceivedMs, out var read, out var fault)
            ? new Authenticity.Genuine(read.Uuid)
            : new Authenticity.Refused(fault));
    }

    /// <summary>2xx is taken; anything else makes Apple repeat, so a passing fault is never a 4xx.</summary>
    public NoticeAnswer Answer(NoticeReception reception) => reception switch
    {
        NoticeReception.Stored => new NoticeAnswer(200, "text/plain", ""),
        NoticeReception.Refused => new NoticeAnswer(403, "text/plain", ""),
        NoticeReception.TryLater => new NoticeAnswer(503, "text/plain", ""),
        _ => throw new ArgumentOutOfRangeException(nameof(reception), reception, "is not a reception"),
    };

    public async ValueTask<Tidings> ReadAsync(App app, RawNotice notice, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return new Tidings.Nothing("channel apple is no longer configured for this app");
        }
        return TryRead(settings, notice.Body, NowMs, out var read, out var fault)
            ? await TellAsync(settings, read, cancellationToken)
            : new Tidings.Nothing($"the notification is no longer accepted: {fault}");
    }

    /// <summary>Asks for the notifications that did not reach us. The cursor is the time up to which we know, and within a span the page's token.</summary>
    public async ValueTask<Poll> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { Api: not null } settings || settings.Environment == AppleSettings.Xcode)
        {
            return new Poll.NotConfigured();
        }
        var (startMs, endMs, page) = Span(cursor, NowMs);
        var apiBase = settings.Environment == AppleSettings.Sandbox ? settings.SandboxApiBase : settings.ApiBase;
        return await _api.HistoryAsync(settings, apiBase, startMs, endMs, page, cancellationToken) switch
        {
            ApiAnswer.Found found => Page(settings, found.Fields, startMs, endMs),
            ApiAnswer.NotFound or ApiAnswer.Refused when page is not null => new Poll.Page([], Cursor(startMs), HasMore: false),
            ApiAnswer.NotFound => new Poll.TryLater("the App Store knows no history of this app"),
            ApiAnswer.Refused refused => new Poll.TryLater(refused.Reason),
            ApiAnswer.NotAdmitted closed => new Poll.TryLater(closed.Reason),
            ApiAnswer.TryLater later => new Poll.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private Poll Page(AppleSettings settings, Fields answer, long startMs, long endMs)
    {
        if (answer.Element("notificationHistory") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > PageNoticesMax)
        {
            return new Poll.TryLater("the App Store's history is not a list that can be read");
        }
        var news = new List<News>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            // Not signed for us: like a forged push, it is nobody's word, and must not stop those behind it.
            if (new Fields(item).Text("signedPayload", SignedTransaction.CharsMax) is { } payload && TryReadPayload(settings, payload, NowMs, out var read, out _))
            {
                // A JWS has no character that JSON escapes, so this is the body as it would have been pushed.
                news.Add(new News.Notice(read.Uuid, new RawNotice(NoHeaders, Encoding.ASCII.GetBytes($$"""{"signedPayload":"{{payload}}"}"""), NowMs)));
            }
        }
        var next = answer.Flag("hasMore") is true ? answer.Text("paginationToken", CursorCharsMax) : null;
        return new Poll.Page(news, next is null ? Cursor(endMs) : $"{startMs} {endMs} {next}", next is not null);
    }

    private static string Cursor(long endMs) => endMs.ToString(CultureInfo.InvariantCulture);

    private static (long StartMs, long EndMs, string? Page) Span(string? cursor, long nowMs)
    {
        var parts = cursor?.Split(' ', 3) ?? [];
        if (parts.Length == 3 && long.TryParse(parts[0], out var startMs) && long.TryParse(parts[1], out var endMs))
        {
            return (startMs, endMs, parts[2]);
        }
        var since = parts.Length == 1 && long.TryParse(parts[0], out var lastMs) ? Math.Max(lastMs - OverlapMs, nowMs - FirstMs) : nowMs - FirstMs;
        return (Math.Min(since, nowMs - 1), nowMs, null);
    }

    /// <summary>What a proven notification says. Types that we do not know say nothing: Apple adds some every year.</summary>
    private async Task<Tidings> TellAsync(AppleSettings settings, Notice notice, CancellationToken cancellationToken)
    {
        if (notice.Transaction is not { } transaction)
        {
            return new Tidings.Nothing($"{notice.Type}: no transaction") { SaidMs = notice.SignedMs };
        }
        var payment = AppleJudgement.PaymentOf(transaction);
        Tidings tidings = notice.Type switch
        {
            // A charge that was refunded before we heard of it: the transaction as it is signed now says so.
            "ONE_TIME_CHARGE" when transaction.IsRevoked => new Tidings.Refunded(payment, "Apple: charged, and refunded since"),
            "ONE_TIME_CHARGE" => new Tidings.Paid(null, payment),
            "REFUND" => new Tidings.Refunded(payment, "Apple refunded the purchase"),
            "REVOKE" => new Tidings.Refunded(payment, "the purchase was revoked (family sharing ended)"),
            "REFUND_REVERSED" => new Tidings.RefundReversed(payment, "Apple reversed the refund"),
            "CONSUMPTION_REQUEST" => await ConsumptionAsync(settings, notice, transaction, cancellationToken),
            _ => new Tidings.Nothing(notice.Type),
        };
        return tidings with { SaidMs = notice.SignedMs };
    }

    private async Task<Tidings> ConsumptionAsync(AppleSettings settings, Notice notice, TransactionPayload transaction, CancellationToken cancellationToken)
    {
        if (settings.Consumption is not { } consent || settings.Api is null)
        {
            return new Tidings.Nothing("CONSUMPTION_REQUEST: not answered, the app's settings give no consent");
        }
        if (NowMs - notice.SignedMs > ConsumptionMs)
        {
            return new Tidings.Nothing("CONSUMPTION_REQUEST: too late to be answered");
        }
        var isDelivered = await findHolder(Channel, transaction.TransactionId, cancellationToken) is { } holder
            && await findOrder(holder, cancellationToken) is { State.Progress: Progress.Delivered };
        var apiBase = transaction.Environment == AppleSettings.Production ? settings.ApiBase : settings.SandboxApiBase;
        return await _api.ConsumptionAsync(settings, apiBase, transaction.TransactionId, consent, isDelivered, cancellationToken) switch
        {
            ApiAnswer.Found => new Tidings.Nothing($"CONSUMPTION_REQUEST: answered, {(isDelivered ? "delivered" : "not delivered")}"),
            ApiAnswer.NotFound => new Tidings.Nothing("CONSUMPTION_REQUEST: the App Store does not know the transaction"),
            ApiAnswer.Refused refused => new Tidings.Nothing($"CONSUMPTION_REQUEST: {refused.Reason}"),
            ApiAnswer.NotAdmitted closed => new Tidings.TryLater(closed.Reason),
            ApiAnswer.TryLater later => new Tidings.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static bool TryRead(AppleSettings settings, ReadOnlyMemory<byte> body, long nowMs, out Notice notice, out string fault)
    {
        notice = null!;
        if (body.Length > BodyBytesMax)
        {
            fault = $"the notification is larger than {BodyBytesMax} bytes";
            return false;
        }
        if (!Fields.TryParse(body, out var outer, out var malformed) || outer.Text("signedPayload", SignedTransaction.CharsMax) is not { } payload)
        {
            fault = malformed is null ? "signedPayload is missing" : $"the notification {malformed}";
            return false;
        }
        return TryReadPayload(settings, payload, nowMs, out notice, out fault);
    }

    /// <summary>1. The outer JWS is Apple's. 2. It is for this bundle and an environment that this installation takes. 3. The transaction in it is
    /// Apple's by its own signature, and of the same bundle and environment.</summary>
    private static bool TryReadPayload(AppleSettings settings, string signedPayload, long nowMs, out Notice notice, out string fault)
    {
        notice = null!;
        if (!SignedTransaction.TryVerify(signedPayload, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the notification is not authentic: {forged}";
            return false;
        }
        var type = payload.RequiredText("notificationType", NameCharsMax);
        var uuid = payload.RequiredText("notificationUUID", NameCharsMax);
        var signedMs = payload.Integer("signedDate", 0, long.MaxValue);
        if (type is null || uuid is null || signedMs is null)
        {
            fault = payload.Faults[0];
            return false;
        }
        if ((payload.Element("data") ?? payload.Element("summary")) is not { ValueKind: JsonValueKind.Object } element)
        {
            fault = "the notification holds neither data nor summary";
            return false;
        }
        var data = new Fields(element);
        var environment = data.Text("environment", NameCharsMax);
        if (data.Text("bundleId", NameCharsMax) != settings.BundleId)
        {
            fault = "the notification is for another bundle";
            return false;
        }
        if (environment is null || !AppleJudgement.IsExpected(settings, environment))
        {
            fault = $"the notification is not of the environment {settings.Environment}";
            return false;
        }
        TransactionPayload? transaction = null;
        if (data.Has("signedTransactionInfo") && (transaction = Inner(settings, data, environment, nowMs, out fault)) is null)
        {
            return false;
        }
        notice = new Notice(type, uuid, signedMs.Value, transaction);
        fault = "";
        return true;
    }

    private static TransactionPayload? Inner(AppleSettings settings, Fields data, string environment, long nowMs, out string fault)
    {
        if (data.Text("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws)
        {
            fault = "signedTransactionInfo must be a string";
            return null;
        }
        if (!SignedTransaction.TryVerify(jws, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the transaction in the notification is not authentic: {forged}";
            return null;
        }
        if (TransactionPayload.Read(payload) is not { } transaction)
        {
            fault = $"the transaction in the notification is not usable: {payload.Faults[0]}";
            return null;
        }
        if (transaction.BundleId != settings.BundleId || transaction.Environment != environment)
        {
            fault = "the transaction in the notification is of another bundle or environment";
            return null;
        }
        fault = "";
        return transaction;
    }

    /// <param name="Type"><c>notificationType</c>.</param>
    /// <param name="Uuid">The same in every repetition.</param>
    /// <param name="SignedMs">When Apple said it; Unix milliseconds.</param>
    /// <param name="Transaction">What it is about; null: no transaction (<c>TEST</c>).</param>
    private sealed record Notice(string Type, string Uuid, long SignedMs, TransactionPayload? Transaction);
}
