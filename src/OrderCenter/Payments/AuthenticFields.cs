using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace OrderCenter.Payments;

/// <summary>Reads the members of a document that a store signed or answered with. It is known to be authentic, so members that the decision
/// does not need may hold anything: absent, null, empty or of another type, it is absent and refuses nothing. What the decision needs is
/// noted as a fault only where it is there and malformed, or missing.</summary>
internal static class AuthenticFields
{
    /// <summary>The last millisecond of the year 9999.</summary>
    private const long TimeMsMax = 253_402_300_799_999;

    private const int NumberCharsMax = 64;
    private const int IdCharsMax = 128;

    /// <summary>Whether the member is there and holds something: null and the empty string are nothing.</summary>
    public static bool IsGiven(this JsonFieldReader fields, string name) =>
        fields.Element(name) is { } element && element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        && !(element.ValueKind == JsonValueKind.String && TextOf(element) is { Length: 0 });

    /// <summary>A text that nothing depends on; null unless it is one of 1 to <paramref name="lengthMax"/> characters.</summary>
    public static string? AnyText(this JsonFieldReader fields, string name, int lengthMax) =>
        fields.Element(name) is { } element && TextOf(element) is { Length: > 0 } text && text.Length <= lengthMax ? text : null;

    /// <summary>A text, or the JSON text of anything else: for members that are read further, where some write numbers as numbers. Null: it
    /// is not given.</summary>
    public static string? AnyScalar(this JsonFieldReader fields, string name, int lengthMax) =>
        !fields.IsGiven(name) ? null
        : fields.Element(name) is { ValueKind: not JsonValueKind.String } element
            ? (element.GetRawText() is var raw && raw.Length <= lengthMax ? raw : null)
        : fields.AnyText(name, lengthMax);

    /// <summary>A number that nothing depends on, with or without a fraction; null unless it is one, also where it is written as a
    /// string.</summary>
    public static decimal? AnyNumber(this JsonFieldReader fields, string name) =>
        fields.Element(name) is { } element ? NumberOf(element) : null;

    /// <summary>A whole number that nothing depends on; null unless it is one within the bounds.</summary>
    public static long? AnyInteger(this JsonFieldReader fields, string name, long min, long max) => Whole(fields.AnyNumber(name), min, max);

    /// <summary>Unix milliseconds that nothing depends on; a fraction of one is dropped. Null unless it is such a time.</summary>
    public static long? AnyTime(this JsonFieldReader fields, string name) =>
        fields.AnyNumber(name) is >= 0 and <= TimeMsMax and { } ms ? (long)decimal.Floor(ms) : null;

    /// <summary>An object that nothing depends on, or whose own members decide; null unless it is one.</summary>
    public static JsonFieldReader? AnyObject(this JsonFieldReader fields, string name) =>
        fields.Element(name) is { ValueKind: JsonValueKind.Object } element ? new JsonFieldReader(element) : null;

    /// <summary>A text that the decision needs where it is given: null where it is not; a fault where it is no text of that
    /// length.</summary>
    public static string? GivenText(this JsonFieldReader fields, string name, int lengthMax) =>
        fields.IsGiven(name) ? fields.Text(name, lengthMax) : null;

    /// <summary>A text that the decision cannot do without.</summary>
    public static string? NeededText(this JsonFieldReader fields, string name, int lengthMax)
    {
        if (fields.IsGiven(name))
        {
            return fields.Text(name, lengthMax);
        }
        fields.AddFault($"{name} is missing");
        return null;
    }

    /// <summary>A whole number that the decision needs where it is given, however JSON spells it (<c>1</c>, <c>1.0</c>): null where it is
    /// not given; a fault where it is none within the bounds.</summary>
    public static long? GivenInteger(this JsonFieldReader fields, string name, long min, long max)
    {
        if (!fields.IsGiven(name))
        {
            return null;
        }
        if (fields.Element(name) is { ValueKind: JsonValueKind.Number } element && Whole(NumberOf(element), min, max) is { } integer)
        {
            return integer;
        }
        fields.AddFault($"{name} must be an integer from {min} to {max}");
        return null;
    }

    /// <summary>The store's own id of a document, or where it names none that can be stored, one made of the content: the same document has
    /// the same id.</summary>
    public static string IdOf(string? id, ReadOnlySpan<byte> content) =>
        id is { Length: > 0 and <= IdCharsMax } ? id : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static long? Whole(decimal? number, long min, long max) =>
        number is { } value && decimal.IsInteger(value) && value >= min && value <= max ? (long)value : null;

    private static decimal? NumberOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.TryGetDecimal(out var number) ? number : null,
        JsonValueKind.String when TextOf(element) is { Length: > 0 and <= NumberCharsMax } text =>
            decimal.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? number
                : null,
        _ => null,
    };

    /// <summary>A string's text; null: it is none.</summary>
    public static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Ill-formed UTF-8 or half a surrogate pair: not text.
            return null;
        }
    }
}
