using System.Diagnostics.CodeAnalysis;

namespace OrderCenter.Encodings;

/// <summary>Addresses that people configure and games send: where callbacks go, and where stores are.</summary>
public static class WebAddress
{
    /// <summary>A host's name as the name servers know it (RFC 1035), in characters; one of other letters than a to z is longer there than
    /// it looks.</summary>
    private const int HostMax = 253;

    /// <summary>Whether a text is an absolute http or https address whose host name DNS can resolve.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && IsHost(address);

    private static bool IsHost(Uri address)
    {
        try
        {
            return address.IdnHost.Length is > 0 and <= HostMax;
        }
        catch (UriFormatException)
        {
            // Letters that no name may hold.
            return false;
        }
    }
}
