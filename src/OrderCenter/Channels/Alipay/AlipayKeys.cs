using System.Runtime.CompilerServices;
using System.Text;
using OrderCenter.Channels.Shared;

namespace OrderCenter.Channels.Alipay;

/// <summary>The key that Alipay signs with: the one of the settings, or, in certificate mode, that of the certificate that a message names.
/// Alipay renews its certificates; one that is not in the settings is fetched from the gateway at a bounded rate, whoever names it, and
/// trusted only where it was issued under the app's root.</summary>
internal sealed class AlipayKeys(TimeProvider clock, Func<AlipaySettings, string, Task<(string? Content, string? Fault)>> download)
{
    private const int NumberChars = 32;
    private const int ContentCharsMax = 64 * 1024;
    private static readonly TimeSpan FetchPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FetchPauseAfterFault = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<AlipaySettings, FetchedKeys<RsaKey>> _fetched = [];

    /// <summary>Finds the key of a message that names its certificate, or none.</summary>
    /// <returns>The key; or null, and why it cannot be fetched now; neither: it is not Alipay's.</returns>
    public async ValueTask<(RsaKey? Key, string? Later)> FindAsync(
        AlipaySettings settings, string? number, CancellationToken cancellationToken)
    {
        if (settings.CertificateNumber is null || string.IsNullOrEmpty(number) || number == settings.CertificateNumber)
        {
            return (settings.AlipayPublicKey, null);
        }
        if (number.Length != NumberChars || !number.All(char.IsAsciiHexDigitLower))
        {
            return (null, null);
        }
        var fetched = _fetched.GetValue(
            settings,
            settings => new FetchedKeys<RsaKey>(
                clock, wanted => FetchAsync(settings, wanted), FetchPause, FetchPauseAfterFault, TimeSpan.MaxValue));
        var (_, key, later) = await fetched.FindAsync(number, cancellationToken);
        return (key, later);
    }

    private async Task<(Dictionary<string, RsaKey>? Keys, string? Fault)> FetchAsync(AlipaySettings settings, string number)
    {
        var (content, fault) = await download(settings, number);
        if (content is null)
        {
            return (null, fault);
        }
        if (content.Length > ContentCharsMax || Decode(content) is not { } text || !AlipayCertificate.TryRead(text, out var certificate)
            || certificate.Number != number || !AlipayCertificate.IsIssuedUnder(text, settings.Roots, clock.GetUtcNow()))
        {
            return (null, "the certificate that Alipay gave was not issued under alipayRootCertificate, or is another");
        }
        return (new Dictionary<string, RsaKey>(StringComparer.Ordinal) { [number] = certificate.Key }, null);
    }

    private static string? Decode(string content)
    {
        var buffer = new byte[content.Length];
        return Convert.TryFromBase64String(content, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
