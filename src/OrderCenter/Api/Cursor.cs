using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace OrderCenter.Api;

/// <summary>Cursors are opaque to callers: base64url of parts that are joined by colons.</summary>
internal static class Cursor
{
    private const int CharactersMax = 128;

    public static string Write(string parts) => WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes(parts));

    /// <returns>The parts; none: it is no cursor.</returns>
    public static string[] Parse(string cursor)
    {
        try
        {
            return cursor.Length > CharactersMax ? [] : Encoding.ASCII.GetString(WebEncoders.Base64UrlDecode(cursor)).Split(':');
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
