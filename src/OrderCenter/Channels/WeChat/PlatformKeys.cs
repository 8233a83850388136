using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>Why a signature is not accepted.</summary>
/// <param name="Reason">For the operator.</param>
/// <param name="IsTransient">Whether nothing is known yet, because the key could not be fetched.</param>
internal sealed record SignatureFault(string Reason, bool IsTransient);

/// <summary>The keys under which WeChat signs: those of an app's settings, and the platform certificates, which are fetched where a serial
/// number is not among them (<c>GET /v3/certificates</c>), at a bounded rate whoever names it. They come sealed under the app's APIv3 key,
/// in an answer that one of them has signed.</summary>
internal sealed class PlatformKeys(StoreHttp http, TimeProvider clock)
{
    private const string Path = "/v3/certificates";
    private const int CertificatesMax = 16;
    private const int TextMax = 128;
    private static readonly TimeSpan FetchPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FetchPauseAfterFault = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<WeChatSettings, FetchedKeys<RsaKey>> _fetched = [];

    private long NowMs => clock.NowMs();

    /// <summary>Verifies the signature over <c>TS\nNONCE\nBODY\n</c>.</summary>
    /// <param name="settings">The app's.</param>
    /// <param name="header">A header's value by its lower-case name; empty: it is missing.</param>
    /// <param name="body">The exact bytes.</param>
    /// <param name="atMs">When it came, Unix milliseconds.</param>
    /// <param name="cancellationToken">Stops the wait for the certificates.</param>
    /// <returns>Null: it is WeChat's, and fresh.</returns>
    public async ValueTask<SignatureFault?> VerifyAsync(
        WeChatSettings settings, Func<string, string> header, ReadOnlyMemory<byte> body, long atMs, CancellationToken cancellationToken)
    {
        if (WeChatSigning.FormFault(header, atMs) is { } fault)
        {
            return new SignatureFault(fault, IsTransient: false);
        }
        var serial = header(WeChatSigning.SerialHeader);
        var key = settings.PlatformKey(serial);
        if (key is null)
        {
            (key, var later) = await FindAsync(settings, serial, cancellationToken);
            if (key is null)
            {
                return later is null
                    ? new SignatureFault("Wechatpay-Serial names a key that this app does not know", IsTransient: false)
                    : new SignatureFault(later, IsTransient: true);
            }
        }
        return WeChatSigning.IsSigned(key, header, body.Span)
            ? null
            : new SignatureFault("the signature is not WeChat's", IsTransient: false);
    }

    /// <returns>The key, or why it cannot be fetched now; neither: WeChat has no such certificate.</returns>
    private async ValueTask<(RsaKey? Key, string? Later)> FindAsync(
        WeChatSettings settings, string serial, CancellationToken cancellationToken)
    {
        if (serial.StartsWith("PUB_KEY_ID_", StringComparison.OrdinalIgnoreCase))
        {
            // A public key is in no list: the merchant's console shows it.
            return (null, null);
        }
        var fetched = _fetched.GetValue(
            settings, settings =>
                new FetchedKeys<RsaKey>(clock, _ => FetchAsync(settings), FetchPause, FetchPauseAfterFault, TimeSpan.MaxValue));
        var (_, key, later) = await fetched.FindAsync(serial, cancellationToken);
        return (key, later);
    }

    private async Task<(Dictionary<string, RsaKey>? Keys, string? Fault)> FetchAsync(WeChatSettings settings)
    {
        var target = new Uri(settings.ApiBase.AbsoluteUri.TrimEnd('/') + Path);
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation(
            "Authorization", WeChatSigning.Authorize(settings, "GET", target.PathAndQuery, "", clock.GetUtcNow().ToUnixTimeSeconds()));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "OrderCenter");
        if (await http.SendAsync(request, CancellationToken.None) is not StoreResponse.Answered { IsSuccess: true } answer)
        {
            return (null, "WeChat Pay's certificates could not be fetched");
        }
        if (!JsonFieldReader.TryParse(answer.Body, out var fields, out _)
            || fields.Element("data") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > CertificatesMax)
        {
            return (null, "WeChat Pay's certificates are not a list that can be read");
        }
        var keys = new Dictionary<string, RsaKey>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in list.EnumerateArray())
        {
            // Sealed under a key that only the merchant and WeChat have; what does not open is nobody's.
            var certificate = new JsonFieldReader(item);
            if (WeChatTransaction.Time(certificate.Text("expire_time", TextMax)) is { } endMs && endMs > NowMs
                && certificate.Element("encrypt_certificate") is { } box
                && WeChatSigning.Open(settings, new JsonFieldReader(box)) is { } pem
                && RsaKey.TryReadPublic(Encoding.UTF8.GetString(pem), out var key) && key.SerialNumber is { } serial)
            {
                keys[serial] = key;
            }
        }

        // And the answer is signed by one of them.
        return WeChatSigning.FormFault(answer.Header, NowMs) is null
            && keys.TryGetValue(answer.Header(WeChatSigning.SerialHeader), out var signer)
            && WeChatSigning.IsSigned(signer, answer.Header, answer.Body)
            ? (keys, null)
            : (null, "WeChat Pay's list of certificates is not signed by one of them");
    }
}
