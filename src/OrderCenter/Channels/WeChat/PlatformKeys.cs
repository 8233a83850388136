using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>Why a signature is not believed.</summary>
/// <param name="Reason">For the operator.</param>
/// <param name="IsPassing">Whether nothing is known yet, because the key could not be fetched.</param>
internal sealed record SignatureFault(string Reason, bool IsPassing);

/// <summary>The keys under which WeChat signs: those of an app's settings, and the platform certificates, which are fetched where a serial number is not among them
/// (<c>GET /v3/certificates</c>), at a bounded rate whoever names it. They come sealed under the app's APIv3 key, in an answer that one of them has signed.</summary>
internal sealed class PlatformKeys(StoreHttp http, TimeProvider clock)
{
    private const string Path = "/v3/certificates";
    private const int CertificatesMax = 16;
    private const int TextMax = 128;
    private const long QuietMs = 10 * 60_000;

    /// <summary>How soon they are asked for again where they could not be had.</summary>
    private const long QuietAfterFaultMs = 60_000;

    private readonly ConditionalWeakTable<WeChatSettings, Fetched> _fetched = [];

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Judges the signature over <c>TS\nNONCE\nBODY\n</c>.</summary>
    /// <param name="settings">The app's.</param>
    /// <param name="header">A header's value by its lower-case name; empty: it is missing.</param>
    /// <param name="body">The exact bytes.</param>
    /// <param name="atMs">When it came, Unix milliseconds.</param>
    /// <param name="cancellationToken">Stops the wait for the certificates.</param>
    /// <returns>Null: it is WeChat's, and fresh.</returns>
    public async ValueTask<SignatureFault?> JudgeAsync(WeChatSettings settings, Func<string, string> header, ReadOnlyMemory<byte> body, long atMs, CancellationToken cancellationToken)
    {
        if (WeChatSigning.FormFault(header, atMs) is { } fault)
        {
            return new SignatureFault(fault, IsPassing: false);
        }
        var serial = header(WeChatSigning.SerialHeader);
        var key = settings.PlatformKey(serial);
        if (key is null)
        {
            (key, var later) = await FetchAsync(settings, serial, cancellationToken);
            if (key is null)
            {
                return later is null ? new SignatureFault("Wechatpay-Serial names a key that this app does not know", IsPassing: false) : new SignatureFault(later, IsPassing: true);
            }
        }
        return WeChatSigning.IsSigned(key, header, body.Span) ? null : new SignatureFault("the signature is not WeChat's", IsPassing: false);
    }

    /// <returns>The key, or why it could not be had now; neither: WeChat has no such certificate.</returns>
    private async Task<(RsaKey? Key, string? Later)> FetchAsync(WeChatSettings settings, string serial, CancellationToken cancellationToken)
    {
        var fetched = _fetched.GetValue(settings, static _ => new Fetched());
        if (fetched.Keys.GetValueOrDefault(serial) is { } known)
        {
            return (known, null);
        }
        if (serial.StartsWith("PUB_KEY_ID_", StringComparison.OrdinalIgnoreCase))
        {
            // A public key is in no list: the merchant's console shows it.
            return (null, null);
        }
        await RefreshAsync(settings, fetched).WaitAsync(cancellationToken);
        return (fetched.Keys.GetValueOrDefault(serial), fetched.Fault);
    }

    /// <summary>However many want a key at once, WeChat is asked once, and not again before its time.</summary>
    private Task RefreshAsync(WeChatSettings settings, Fetched fetched)
    {
        lock (fetched.Gate)
        {
            if (NowMs >= fetched.NextMs)
            {
                fetched.NextMs = NowMs + QuietMs;
                fetched.Asking = KeepAsync(settings, fetched);
            }
            return fetched.Asking;
        }
    }

    private async Task KeepAsync(WeChatSettings settings, Fetched fetched)
    {
        // Others wait for it too: who goes away does not end it. It ends in its own time, a call's.
        var (keys, fault) = await AskAsync(settings, CancellationToken.None);
        fetched.Fault = fault;
        if (keys is not null)
        {
            fetched.Keys = keys;
            return;
        }
        lock (fetched.Gate)
        {
            fetched.NextMs = NowMs + QuietAfterFaultMs;
        }
    }

    private async Task<(Dictionary<string, RsaKey>? Keys, string? Fault)> AskAsync(WeChatSettings settings, CancellationToken cancellationToken)
    {
        var target = new Uri(settings.ApiBase.AbsoluteUri.TrimEnd('/') + Path);
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("Authorization", WeChatSigning.Authorize(settings, "GET", target.PathAndQuery, "", clock.GetUtcNow().ToUnixTimeSeconds()));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "OrderCenter");
        if (await http.SendAsync(request, cancellationToken) is not StoreAnswer.Answered { IsSuccess: true } answer)
        {
            return (null, "WeChat Pay's certificates could not be fetched");
        }
        if (!Fields.TryParse(answer.Body, out var fields, out _) || fields.Element("data") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > CertificatesMax)
        {
            return (null, "WeChat Pay's certificates are not a list that can be read");
        }
        var keys = new Dictionary<string, RsaKey>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in list.EnumerateArray())
        {
            // Sealed under a key that only the merchant and WeChat have; what does not open is nobody's.
            var certificate = new Fields(item);
            if (Transaction.Time(certificate.Text("expire_time", TextMax)) is { } endMs && endMs > NowMs
                && certificate.Element("encrypt_certificate") is { } box && WeChatSigning.Open(settings, new Fields(box)) is { } pem
                && RsaKey.TryPublic(Encoding.UTF8.GetString(pem), out var key) && key.SerialNumber is { } serial)
            {
                keys[serial] = key;
            }
        }

        // And the answer is signed by one of them.
        return WeChatSigning.FormFault(answer.Header, NowMs) is null && keys.TryGetValue(answer.Header(WeChatSigning.SerialHeader), out var signer)
            && WeChatSigning.IsSigned(signer, answer.Header, answer.Body)
            ? (keys, null)
            : (null, "WeChat Pay's list of certificates is not signed by one of them");
    }

    private sealed class Fetched
    {
        public Lock Gate { get; } = new();

        /// <summary>By serial number; replaced as a whole.</summary>
        public volatile Dictionary<string, RsaKey> Keys = [];
        public volatile string? Fault;
        public Task Asking = Task.CompletedTask;
        public long NextMs;
    }
}
