using OrderCenter.Encodings;

namespace OrderCenter.Alerts.Settings;

/// <summary>The secrets of a sink: masked where it is shown, kept where it comes back masked. A robot's address holds its key, so that part
/// of it is one too.</summary>
internal static class SinkSecrets
{
    public const string Mask = "***";

    /// <summary>The sink as it may be shown.</summary>
    public static AlertSink Masked(AlertSink sink) => sink with
    {
        Url = sink.Url is null ? null : MaskUrl(sink.Url),
        Secret = sink.Secret is null ? null : Mask,
        Smtp = sink.Smtp is { Password: not null } smtp ? smtp with { Password = Mask } : sink.Smtp,
    };

    /// <summary>Puts the secrets of the stored sink in place of masks. They go nowhere else than before: a mask with another address is
    /// none.</summary>
    /// <returns>The name of the field whose secret must be given; null: none is missing.</returns>
    public static string? Restore(AlertSink wanted, AlertSink? stored, out AlertSink restored)
    {
        restored = wanted;
        if (wanted.Url is { } url && url.Contains(Mask, StringComparison.Ordinal))
        {
            if (stored?.Url is null || MaskUrl(stored.Url) != url)
            {
                return "url";
            }
            restored = restored with { Url = stored.Url };
        }
        if (wanted.Secret == Mask)
        {
            if (stored?.Secret is null || OriginOf(stored.Url) != OriginOf(restored.Url))
            {
                return "secret";
            }
            restored = restored with { Secret = stored.Secret };
        }
        if (wanted.Smtp?.Password == Mask)
        {
            if (stored?.Smtp?.Password is null || stored.Smtp.Host != wanted.Smtp.Host
                || stored.Smtp.PortOrDefault != wanted.Smtp.PortOrDefault || stored.Smtp.Security != wanted.Smtp.Security)
            {
                return "smtp.password";
            }
            restored = restored with { Smtp = wanted.Smtp with { Password = stored.Smtp.Password } };
        }
        return null;
    }

    /// <summary>Masks the values of the query, and the last part of the path, where a robot's key may stand.</summary>
    private static string MaskUrl(string url)
    {
        if (!WebAddress.TryParse(url, out var address))
        {
            return Mask;
        }
        var path = address.AbsolutePath;
        var last = path.LastIndexOf('/') + 1;
        var shownPath = path.Length > last && address.Query.Length == 0 ? $"{path[..last]}{Mask}" : path;
        var query = string.Join('&', address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(
            static pair => pair.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? $"{pair[..(at + 1)]}{Mask}" : Mask));
        return address.GetLeftPart(UriPartial.Authority) + shownPath + (query.Length == 0 ? "" : "?" + query);
    }

    private static string? OriginOf(string? url) =>
        url is not null && WebAddress.TryParse(url, out var address) ? address.GetLeftPart(UriPartial.Authority) : null;
}
