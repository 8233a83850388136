using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrderCenter.Encodings;

/// <summary>JSON text exactly as PHP's <c>json_encode($value, 320)</c> writes it: only <c>"</c>, <c>\</c>, control characters below U+0020
/// and U+2028/U+2029 are escaped (protocols.md §4; .NET's relaxed encoder escapes more).</summary>
public sealed class PhpJson : JavaScriptEncoder
{
    public static readonly JsonWriterOptions Writer = new() { Encoder = new PhpJson(), SkipValidation = true };

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u2028\u2029\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007"
        + "\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\' or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        var at = span.IndexOfAny(Escaped);
        // Half a surrogate pair is not text; the base class replaces it.
        var half = FirstLoneSurrogate(at < 0 ? span : span[..at]);
        return half >= 0 ? half : at;
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        if (!WillEncode(unicodeScalar))
        {
            return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
        }
        var text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => "\\u" + unicodeScalar.ToString("x4"),
        };
        numberOfCharactersWritten = text.TryCopyTo(output) ? text.Length : 0;
        return numberOfCharactersWritten > 0;
    }

    private static int FirstLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return i;
            }
            i++;
        }
        return -1;
    }
}
