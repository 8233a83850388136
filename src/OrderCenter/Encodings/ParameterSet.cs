using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OrderCenter.Encodings;

/// <summary>The parameters of one request as the bytes that were signed: names and values decoded once and kept as bytes, in ordinal order
/// of their names. Bounded in count; a name that comes twice, and nesting, are refused.</summary>
public sealed class ParameterSet
{
    public const int CountMax = 256;
    private const int JsonDepthMax = 64;

    private readonly List<Parameter> _parameters = new(24);
    private bool _isSorted;

    /// <summary>The parameters by name, ordinal byte order.</summary>
    public IReadOnlyList<Parameter> Sorted
    {
        get
        {
            if (!_isSorted)
            {
                _parameters.Sort(static (left, right) => left.Name.Span.SequenceCompareTo(right.Name.Span));
                _isSorted = true;
            }
            return _parameters;
        }
    }

    /// <summary>Adds the pairs of a query or of an <c>application/x-www-form-urlencoded</c> body. A <c>+</c> is a blank; a <c>%</c> that
    /// no two hex digits follow stands for itself, as in PHP.</summary>
    public bool TryAddUrlEncoded(ReadOnlySpan<byte> encoded, [NotNullWhen(false)] out string? fault)
    {
        var decoded = new byte[encoded.Length];
        var used = 0;
        while (!encoded.IsEmpty)
        {
            var end = encoded.IndexOf((byte)'&');
            var pair = end < 0 ? encoded : encoded[..end];
            encoded = end < 0 ? default : encoded[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }
            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals], decoded, ref used);
            var value = Decode(equals < 0 ? default : pair[(equals + 1)..], decoded, ref used);
            if (!TryAdd(name, value, out fault))
            {
                return false;
            }
        }
        fault = null;
        return true;
    }

    /// <summary>Adds the members of a flat JSON object; numbers and literals by their text as sent.</summary>
    public bool TryAddJson(ReadOnlySpan<byte> json, [NotNullWhen(false)] out string? fault)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonDepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                fault = "the body must be a flat JSON object";
                return false;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = Unescaped(ref reader);
                reader.Read();
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    fault = $"{Printable(name)} must be text or a number: the JSON object must be flat";
                    return false;
                }
                var value = reader.TokenType switch
                {
                    JsonTokenType.String => Unescaped(ref reader),
                    JsonTokenType.Null => [],
                    _ => reader.ValueSpan.ToArray(),
                };
                if (!TryAdd(name, value, out fault))
                {
                    return false;
                }
            }
            if (reader.Read())
            {
                fault = "the body must be one JSON object";
                return false;
            }
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not valid UTF-8 or holds half a surrogate pair.
            fault = "the body is not a well-formed flat JSON object";
            return false;
        }
        fault = null;
        return true;
    }

    /// <summary>Adds one parameter.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, [NotNullWhen(false)] out string? fault)
    {
        if (_parameters.Count == CountMax)
        {
            fault = $"too many parameters: at most {CountMax} are allowed";
            return false;
        }
        foreach (var parameter in _parameters)
        {
            if (parameter.Name.Span.SequenceEqual(name.Span))
            {
                fault = $"{Printable(name)} is given twice";
                return false;
            }
        }
        _parameters.Add(new Parameter(name, value));
        _isSorted = false;
        fault = null;
        return true;
    }

    /// <summary>A value's bytes as they were signed.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> value)
    {
        Span<byte> utf8 = stackalloc byte[name.Length * 3];
        utf8 = utf8[..Encoding.UTF8.GetBytes(name, utf8)];
        foreach (var parameter in _parameters)
        {
            if (parameter.Name.Span.SequenceEqual(utf8))
            {
                value = parameter.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>A value as text; null where it is missing or is not UTF-8 text without NUL.</summary>
    public string? Text(string name) => TryGet(name, out var value) && IsText(value.Span) ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>Whether bytes are UTF-8 text without NUL, which no database keeps.</summary>
    public static bool IsText(ReadOnlySpan<byte> value) => Utf8.IsValid(value) && !value.Contains((byte)0);

    private static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> encoded, byte[] output, ref int used)
    {
        var start = used;
        for (var i = 0; i < encoded.Length; i++)
        {
            var current = encoded[i];
            if (current == '+')
            {
                current = (byte)' ';
            }
            else if (current == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit((char)encoded[i + 1])
                && char.IsAsciiHexDigit((char)encoded[i + 2]))
            {
                current = (byte)((HexValue(encoded[i + 1]) << 4) | HexValue(encoded[i + 2]));
                i += 2;
            }
            output[used++] = current;
        }
        return output.AsMemory(start, used - start);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte[] Unescaped(ref Utf8JsonReader reader)
    {
        var buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }

    /// <summary>A name from outside as a message may show it: short, and only what prints.</summary>
    public static string Printable(ReadOnlyMemory<byte> name)
    {
        var text = Encoding.UTF8.GetString(name.Span[..Math.Min(name.Length, 64)]);
        return string.Concat(text.Where(character => !char.IsControl(character)));
    }
}
