using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Masks secrets of the request in what is kept of the response. A receiver may echo them as they are or
/// escaped as in JSON, a URL or HTML, in any case, escaped repeatedly, or cut off at the end.</summary>
internal static class ResponseRedactor
{
    /// <summary>Stored instead of a response that holds a very short secret: masking one or two characters everywhere would reveal
    /// them.</summary>
    public const string NotStored = "(not kept: it may repeat a secret that was sent)";

    public const string Mask = "***";

    /// <summary>Shorter ones are not masked.</summary>
    private const int MaskedMin = 4;

    /// <summary>The longest escape of one character: four bytes of UTF-8, percent-encoded twice.</summary>
    private const int EscapeCharsMax = 20;

    private const string JsonEscapes = "bfnrt";
    private const string JsonEscaped = "\b\f\n\r\t";

    private static readonly (string Entity, char Character)[] s_entities =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];

    /// <param name="text">The beginning of the response.</param>
    /// <param name="secrets">The secrets of the request.</param>
    /// <param name="isCut">Whether the response was longer: then a secret that is cut off at the end is masked
    /// too.</param>
    public static string Redact(string text, IReadOnlyCollection<string> secrets, bool isCut)
    {
        var needles = secrets.Where(secret => secret.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (needles.Where(needle => needle.Length < MaskedMin).Any(needle => Contains(text, needle)))
        {
            return NotStored;
        }

        // Longer secrets first: otherwise a shorter one that is a prefix would be masked, and the rest of the longer one would stay
        // readable.
        string[] masked =
            [.. needles.Where(needle => needle.Length >= MaskedMin).SelectMany(Forms).OrderByDescending(needle => needle.Length)];
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var length = masked.Select(needle => Match(text, at, needle, isCut)).FirstOrDefault(length => length > 0);
            if (length > 0)
            {
                result.Append(Mask);
                at += length;
            }
            else
            {
                result.Append(text[at++]);
            }
        }
        return result.ToString();
    }

    /// <summary>The secret itself, in base64 and in hexadecimal digits.</summary>
    private static string[] Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes)];
    }

    private static bool Contains(string text, string needle) =>
        Enumerable.Range(0, text.Length).Any(at => Match(text, at, needle, isCut: false) > 0);

    /// <summary>How many characters at a position of the text are the secret in any form; 0: none.</summary>
    private static int Match(string text, int start, string needle, bool isCut)
    {
        // Fast path: nearly always the first character differs.
        if (text[start] is not ('\\' or '%' or '&' or '+') && char.ToUpperInvariant(text[start]) != char.ToUpperInvariant(needle[0]))
        {
            return 0;
        }
        var at = start;
        var isAfterBackslash = false;
        for (var i = 0; i < needle.Length;)
        {
            Rune.DecodeFromUtf16(needle.AsSpan(i), out var wanted, out var units);
            i += units;
            if (wanted.Value == '\\' && isAfterBackslash)
            {
                // The match before has already consumed all consecutive backslashes, including this one.
                continue;
            }
            var length = MatchOne(text, at, wanted, isAfterBackslash);
            isAfterBackslash = wanted.Value == '\\' && text[Math.Min(at, text.Length - 1)] == '\\';
            if (length == 0)
            {
                // At the cut, the beginning of a secret counts, even one that ends within an escape.
                return isCut && at > start && text.Length - at < EscapeCharsMax && IsCutEscape(text, at) ? text.Length - start : 0;
            }
            at += length;
        }
        return at - start;
    }

    private static bool IsCutEscape(string text, int at) =>
        at == text.Length || text[at] is '\\' or '%' or '&' or '\ufffd' || char.IsHighSurrogate(text[at]);

    /// <summary>How many characters at a position of the text encode one character of a secret; 0: none.</summary>
    private static int MatchOne(string text, int at, Rune wanted, bool isAfterBackslash)
    {
        if (at >= text.Length)
        {
            return 0;
        }
        var length = MatchRaw(text, at, wanted);
        length = length > 0 ? length : MatchBackslash(text, at, wanted, isAfterBackslash);
        length = length > 0 ? length : MatchPercent(text, at, wanted);
        return length > 0 ? length : MatchEntity(text, at, wanted);
    }

    private static int MatchRaw(string text, int at, Rune wanted)
    {
        if (wanted.Value == ' ' && text[at] == '+')
        {
            return 1;
        }

        // A run of backslashes is one backslash, escaped any number of times.
        if (wanted.Value == '\\')
        {
            return text.AsSpan(at).IndexOfAnyExcept('\\') is var end && end < 0 ? text.Length - at : end;
        }
        var status = Rune.DecodeFromUtf16(text.AsSpan(at), out var found, out var units);
        return status == OperationStatus.Done && IsSame(found, wanted) ? units : 0;
    }

    /// <param name="text">The response.</param>
    /// <param name="at">The position.</param>
    /// <param name="wanted">The character.</param>
    /// <param name="isAfterBackslash">The run of backslashes before may include the one of this escape.</param>
    private static int MatchBackslash(string text, int at, Rune wanted, bool isAfterBackslash)
    {
        var slashes = text.AsSpan(at).IndexOfAnyExcept('\\');
        if (slashes < 0 || (slashes == 0 && !isAfterBackslash))
        {
            return 0;
        }
        var next = at + slashes;
        if (text[next] == 'u' && TryUnit(text, next, out var unit))
        {
            if (char.IsHighSurrogate(unit))
            {
                var low = next + 5;
                var more = text.AsSpan(Math.Min(low, text.Length)).IndexOfAnyExcept('\\');
                var isPair = more > 0
                    && TryUnit(text, low + more, out var second) && Rune.TryCreate(unit, second, out var pair) && IsSame(pair, wanted);
                return isPair ? low + more + 5 - at : 0;
            }
            return Rune.TryCreate(unit, out var single) && IsSame(single, wanted) ? slashes + 5 : 0;
        }
        var escape = JsonEscapes.IndexOf(text[next], StringComparison.Ordinal);
        if (escape >= 0 && wanted.Value == JsonEscaped[escape])
        {
            return slashes + 1;
        }
        return wanted.Value is '"' or '/' or '\'' && text[next] == wanted.Value ? slashes + 1 : 0;
    }

    /// <summary>Reads the <c>u</c> and four digits of a JSON escape.</summary>
    private static bool TryUnit(string text, int at, out char unit)
    {
        unit = default;
        if (at + 5 > text.Length || text[at] != 'u'
            || !ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }
        unit = (char)value;
        return true;
    }

    private static int MatchPercent(string text, int at, Rune wanted)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..wanted.EncodeToUtf8(utf8)];
        var next = at;
        foreach (var expected in utf8)
        {
            if (next >= text.Length || text[next] != '%')
            {
                return 0;
            }
            next++;

            // %25 is the percent sign of a repeated encoding.
            while (next + 4 <= text.Length && text.AsSpan(next).StartsWith("25", StringComparison.Ordinal) && expected != '%')
            {
                next += 2;
            }
            if (next + 2 > text.Length
                || !byte.TryParse(text.AsSpan(next, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var found)
                || !(found == expected || (utf8.Length == 1 && IsSame(new Rune((char)found), wanted))))
            {
                return 0;
            }
            next += 2;
        }
        return next - at;
    }

    private static int MatchEntity(string text, int at, Rune wanted)
    {
        if (text[at] != '&')
        {
            return 0;
        }
        foreach (var (entity, character) in s_entities)
        {
            if (wanted.Value == character && text.AsSpan(at).StartsWith(entity, StringComparison.OrdinalIgnoreCase))
            {
                return entity.Length;
            }
        }
        var end = text.AsSpan(at, Math.Min(EscapeCharsMax, text.Length - at)).IndexOf(';');
        if (end < 3 || text[at + 1] != '#')
        {
            return 0;
        }
        var isHex = text[at + 2] is 'x' or 'X';
        var digits = text.AsSpan(at + (isHex ? 3 : 2), end - (isHex ? 3 : 2));
        return int.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && Rune.TryCreate(value, out var found) && IsSame(found, wanted) ? end + 1 : 0;
    }

    private static bool IsSame(Rune found, Rune wanted) => found == wanted || Rune.ToUpperInvariant(found) == Rune.ToUpperInvariant(wanted);
}
