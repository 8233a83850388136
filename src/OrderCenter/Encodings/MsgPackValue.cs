using System.Globalization;

namespace OrderCenter.Encodings;

/// <summary>One msgpack value (protocols.md §3). What no protocol here reads is kept as far as it can be passed over: a sender may have
/// more to say.</summary>
public abstract record MsgPackValue
{
    private MsgPackValue()
    {
    }

    /// <summary>The value as a protocol's field: a text as it is, an integer in decimal, a float by its shortest decimal text; null for
    /// all else, NaN and the infinities too.</summary>
    public virtual string? Text() => null;

    public sealed record Nil : MsgPackValue;

    public sealed record Bool(bool Value) : MsgPackValue;

    /// <summary>From -2^63 to 2^64 - 1.</summary>
    public sealed record Integer(Int128 Value) : MsgPackValue
    {
        public override string Text() => Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Its text is the shortest of its own width: 6.99, not 6.989999771118164.</summary>
    public sealed record Float32(float Value) : MsgPackValue
    {
        public override string? Text() => float.IsFinite(Value) ? Plain(Value.ToString("R", CultureInfo.InvariantCulture), Value) : null;
    }

    public sealed record Float64(double Value) : MsgPackValue
    {
        public override string? Text() => double.IsFinite(Value) ? Plain(Value.ToString("R", CultureInfo.InvariantCulture), Value) : null;
    }

    public sealed record Str(string Value) : MsgPackValue
    {
        public override string Text() => Value;
    }

    public sealed record Bin(ReadOnlyMemory<byte> Value) : MsgPackValue;

    /// <summary>A value of an extension type (a timestamp is type -1): no protocol here reads one.</summary>
    public sealed record Extension(sbyte Type, ReadOnlyMemory<byte> Value) : MsgPackValue;

    public sealed record Array(IReadOnlyList<MsgPackValue> Items) : MsgPackValue;

    /// <summary>Members in the order in which they came. Those whose key is no text are not among them: nobody can ask for one.</summary>
    public sealed record Map(IReadOnlyDictionary<string, MsgPackValue> Members) : MsgPackValue;

    /// <summary>An exponent is written out where the digits then still say exactly the value; elsewhere it stays, and whoever wants money
    /// refuses it.</summary>
    private static string Plain(string shortest, double value)
    {
        const double exactMax = 1L << 53;
        if (!shortest.Contains('E', StringComparison.Ordinal) || !double.IsInteger(value) || Math.Abs(value) > exactMax)
        {
            return shortest;
        }
        var whole = (long)value;
        return decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture) == whole
            ? whole.ToString(CultureInfo.InvariantCulture)
            : shortest;
    }
}
