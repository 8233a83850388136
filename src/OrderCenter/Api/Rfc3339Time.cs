using System.Globalization;

namespace OrderCenter.Api;

/// <summary>RFC 3339, UTC, milliseconds.</summary>
internal static class Rfc3339Time
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static string Text(long unixMs) => Of(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static DateTime Of(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime;

    public static DateTime? Of(long? unixMs) => unixMs is { } ms ? Of(ms) : null;

    /// <summary>The same out of an address, where a bare + was read as a blank: a time has no blank, so that one before its offset was a
    /// +.</summary>
    public static bool TryParseQuery(string text, out long unixMs) =>
        TryParse(text is [.., ' ', _, _, ':', _, _] ? $"{text[..^6]}+{text[^5..]}" : text, out unixMs);

    /// <summary>Takes RFC 3339 with any offset; nothing that depends on where or when it is read.</summary>
    public static bool TryParse(string text, out long unixMs)
    {
        var good = DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        unixMs = good ? time.ToUnixTimeMilliseconds() : 0;
        return good;
    }
}
