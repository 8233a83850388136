using System.Buffers;
using System.Text;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols;

/// <summary>OrderApi and H5Sdk sign names and values joined without escaping, so one signed text can be parsed into parameters in several
/// ways (protocols.md §1, "Reading"). This refuses every request that has another reading in which a field of the protocol differs: of all
/// readings of a text that are not refused, each field has the same value in all, or is missing in all.</summary>
/// <param name="fields">The protocol's fields, of all its endpoints and of its callback.</param>
/// <param name="urlField">A field that holds an address; null: there is none.</param>
/// <param name="urlMayCarry">The fields that may stand in that address's query, because they sort so that they cannot be cut out of
/// it.</param>
internal sealed class SignedText(IEnumerable<string> fields, string? urlField = null, params IEnumerable<string> urlMayCarry)
{
    private static readonly SearchValues<byte> Separators = SearchValues.Create("&="u8);

    private readonly byte[][] _fields = [.. fields.Select(Encoding.UTF8.GetBytes)];
    private readonly byte[]? _urlField = urlField is null ? null : Encoding.UTF8.GetBytes(urlField);
    private readonly byte[][] _urlMayCarry = [.. urlMayCarry.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Refuses what can be read in two ways, with the field's name.</summary>
    /// <param name="parameters">A request whose signature is good.</param>
    /// <param name="request">Where the fault is kept.</param>
    /// <param name="isStrict">The app's <c>strictValues</c>: no value may hold <c>&amp;</c> or <c>=</c>.</param>
    /// <param name="unsigned">The names that take no part in the signed text.</param>
    /// <returns>Whether there is one reading only.</returns>
    public bool Check(ParameterSet parameters, FieldReader request, bool isStrict, params ReadOnlySpan<string> unsigned)
    {
        var sorted = parameters.Sorted;
        for (var i = 0; i < sorted.Count; i++)
        {
            var name = sorted[i].Name.Span;
            var value = sorted[i].Value.Span;
            if (name.IndexOfAny(Separators) >= 0)
            {
                request.Refuse("a parameter's name", "must hold neither & nor =");
                return false;
            }
            var first = isStrict ? value.IndexOfAny(Separators) : value.IndexOf((byte)'&');
            if (first < 0 || IsOneOf(name, unsigned))
            {
                continue;
            }
            if (isStrict)
            {
                request.Refuse(ParameterSet.Printable(sorted[i].Name), "must hold neither & nor =, because the app sets strictValues");
                return false;
            }
            if (Ambiguous(sorted, i, first, unsigned) is { } inner)
            {
                request.Refuse(
                    ParameterSet.Printable(sorted[i].Name), $"must not hold &{inner}= : the signed text could be read as another request");
                return false;
            }
        }
        return true;
    }

    /// <summary>The first name in a value at which the signed text could be cut; null: there is none.</summary>
    private string? Ambiguous(IReadOnlyList<Parameter> sorted, int at, int first, ReadOnlySpan<string> unsigned)
    {
        var name = sorted[at].Name.Span;
        var value = sorted[at].Value;
        var isField = IndexOf(_fields, name) >= 0;
        var isUrl = _urlField is not null && name.SequenceEqual(_urlField);
        for (var start = first + 1; start < value.Length;)
        {
            var rest = value.Span[start..];
            var length = rest.IndexOfAny(Separators);
            if (length < 0)
            {
                return null;
            }
            var inner = value.Slice(start, length);
            if (rest[length] == '=')
            {
                // A field of the protocol would get a value that the caller did not give it. Any other name would cut the field's own
                // value short, wherever that name could stand between this field and the next: what is no field may be cut out or joined
                // on without a trace.
                var isRefused = IndexOf(_fields, inner.Span) >= 0
                    ? !(isUrl && IndexOf(_urlMayCarry, inner.Span) >= 0 && IsInQuery(value.Span, start))
                    : isField && inner.Span.SequenceCompareTo(name) > 0 && IsBeforeNextField(sorted, at, inner.Span, unsigned);
                if (isRefused)
                {
                    return ParameterSet.Printable(inner);
                }
            }
            var next = rest.IndexOf((byte)'&');
            if (next < 0)
            {
                return null;
            }
            start += next + 1;
        }
        return null;
    }

    /// <summary>Whether a name sorts before the next field that takes part. What stands between and is no field can be joined to any
    /// value.</summary>
    private bool IsBeforeNextField(IReadOnlyList<Parameter> sorted, int at, ReadOnlySpan<byte> inner, ReadOnlySpan<string> unsigned)
    {
        for (var i = at + 1; i < sorted.Count; i++)
        {
            var name = sorted[i].Name.Span;
            if (IndexOf(_fields, name) >= 0 && !IsOneOf(name, unsigned))
            {
                return inner.SequenceCompareTo(name) < 0;
            }
        }
        return true;
    }

    private static bool IsInQuery(ReadOnlySpan<byte> url, int at)
    {
        var before = url[..at];
        return before.Contains((byte)'?') && !before.Contains((byte)'#');
    }

    private static int IndexOf(byte[][] names, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }
        return -1;
    }

    internal static bool IsOneOf(ReadOnlySpan<byte> name, ReadOnlySpan<string> names)
    {
        foreach (var one in names)
        {
            if (Ascii.Equals(name, one))
            {
                return true;
            }
        }
        return false;
    }
}
