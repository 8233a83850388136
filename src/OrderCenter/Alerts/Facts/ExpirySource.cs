using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrderCenter.Apps;

namespace OrderCenter.Alerts.Facts;

/// <summary>Certificates in the settings of payment channels that expire soon. A key alone says nothing about its end.</summary>
internal sealed class ExpirySource(AppCatalog apps, AlertOptions options, TimeProvider clock) : IAlertSource
{
    private const int TextMax = 16 * 1024;
    private const int DepthMax = 8;
    private const string PemStart = "-----BEGIN CERTIFICATE-----";

    /// <summary>How a certificate begins in base64 of DER: a sequence with a length of two bytes.</summary>
    private const string DerStart = "MII";

    public IReadOnlyList<AlertCondition> Conditions { get; } = [AlertConditions.ChannelExpiry];

    public TimeSpan Period => options.SlowPeriod;

    public Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var facts = new List<AlertFact>();
        foreach (var app in apps.All.Select(entry => entry.App).Where(one => !one.Disabled))
        {
            foreach (var (channel, settings) in app.Channels)
            {
                foreach (var (field, ends) in CertificatesIn("", settings, depth: 0))
                {
                    facts.Add(new AlertFact(
                        AlertConditions.ChannelExpiry, $"game {app.GameId}, {channel}.{field}", app.GameId,
                        Math.Max(0, (long)(ends - now).TotalDays), $"it expires at {ends:u}"));
                }
            }
        }
        return Task.FromResult<IReadOnlyList<AlertFact>>(facts);
    }

    private static IEnumerable<(string Field, DateTimeOffset Ends)> CertificatesIn(string field, JsonElement value, int depth)
    {
        if (depth > DepthMax)
        {
            return [];
        }
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return EndOf(value.GetString()!) is { } ends ? [(field, ends)] : [];
            case JsonValueKind.Object:
                return value.EnumerateObject().SelectMany(
                    property => CertificatesIn(field.Length == 0 ? property.Name : $"{field}.{property.Name}", property.Value, depth + 1));
            case JsonValueKind.Array:
                return value.EnumerateArray().SelectMany((item, i) => CertificatesIn($"{field}[{i}]", item, depth + 1));
            default:
                return [];
        }
    }

    /// <returns>Null: the text is no certificate.</returns>
    private static DateTimeOffset? EndOf(string text)
    {
        var isPem = text.Contains(PemStart, StringComparison.Ordinal);
        if (text.Length > TextMax || (!isPem && !text.StartsWith(DerStart, StringComparison.Ordinal)))
        {
            return null;
        }
        try
        {
            using var certificate = isPem
                ? X509Certificate2.CreateFromPem(text)
                : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
            return new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        }
        catch (Exception other) when (other is CryptographicException or FormatException)
        {
            // A key begins in the same way.
            return null;
        }
    }
}
