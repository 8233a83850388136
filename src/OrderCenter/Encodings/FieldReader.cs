namespace OrderCenter.Encodings;

/// <summary>Reads a request's fields and keeps the first fault: the field's name and what is allowed. Texts are bounded in characters
/// (Unicode code points), not bytes.</summary>
public sealed class FieldReader(ParameterSet parameters)
{
    /// <summary>What is wrong, for the caller's developers; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>A field that must be there and not be empty.</summary>
    public string Required(string name, int charactersMax)
    {
        if (!parameters.TryGet(name, out var value) || value.IsEmpty)
        {
            Refuse(name, "is missing");
            return "";
        }
        return Bounded(name, value.Span, charactersMax);
    }

    /// <summary>A field that may be missing or empty; both read as the empty text.</summary>
    public string Optional(string name, int charactersMax) =>
        parameters.TryGet(name, out var value) ? Bounded(name, value.Span, charactersMax) : "";

    /// <summary>Keeps a fault, unless there was one before.</summary>
    public void Refuse(string name, string allowed) => Fault ??= $"{name} {allowed}";

    private string Bounded(string name, ReadOnlySpan<byte> value, int charactersMax)
    {
        if (!ParameterSet.IsText(value))
        {
            Refuse(name, "must be UTF-8 text without NUL");
            return "";
        }
        // A character is at most 4 bytes, so a text within the limit in bytes need not be counted.
        if (value.Length > charactersMax && (value.Length > charactersMax * 4 || Characters(value) > charactersMax))
        {
            Refuse(name, $"must be at most {charactersMax} characters");
            return "";
        }
        return System.Text.Encoding.UTF8.GetString(value);
    }

    /// <summary>Every byte of UTF-8 that is not a continuation begins a character.</summary>
    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            if ((unit & 0xC0) != 0x80)
            {
                count++;
            }
        }
        return count;
    }
}
