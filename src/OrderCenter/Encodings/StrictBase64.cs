using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace OrderCenter.Encodings;

/// <summary>Base64 in its one canonical spelling: no blanks, the padding as due, no stray bits after the last byte. Otherwise the same
/// signature would have several texts.</summary>
internal static class StrictBase64
{
    private static readonly SearchValues<char> UrlAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Ordinary, padded base64 (RFC 4648 §4), not empty.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        var buffer = new byte[text.Length];
        var isCanonical = Convert.TryFromBase64String(text, buffer, out var length) && length > 0
            && Convert.ToBase64String(buffer.AsSpan(0, length)) == text;
        bytes = isCanonical ? buffer[..length] : [];
        return isCanonical;
    }

    /// <summary>A JSON string of ordinary, padded base64 (RFC 4648 §4), not empty.</summary>
    public static bool TryDecode(JsonElement element, int charsMax, out byte[] bytes)
    {
        bytes = [];
        try
        {
            return element.ValueKind == JsonValueKind.String && element.GetString() is { } text && text.Length <= charsMax
                && TryDecode(text, out bytes);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: not text.
            return false;
        }
    }

    /// <summary>Unpadded base64url (RFC 7515 §2), not empty.</summary>
    public static bool TryDecodeUrl(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.IsEmpty || text.Length % 4 == 1 || text.ContainsAnyExcept(UrlAlphabet))
        {
            return false;
        }
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // The decoder refuses stray bits after the last byte.
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }
        bytes = buffer[..length];
        return true;
    }
}
