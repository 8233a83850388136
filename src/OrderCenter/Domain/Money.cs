using System.Globalization;

namespace OrderCenter.Domain;

/// <summary>An exact amount in the currency's main unit (yuan, dollar), kept as ten-thousandths. Up to 14 integer digits and 4 decimal
/// places (protocols.md, introduction); equality is by value, so 6.5 equals 6.50. Never negative.</summary>
public readonly record struct Money(long AmountE4) : IComparable<Money>
{
    public const int IntegerDigitsMax = 14;
    public const int DecimalsMax = 4;
    private const long Unit = 10_000;

    /// <summary>The allowed form, for error messages.</summary>
    public const string Form =
        "a decimal number with at most 14 integer digits and 4 decimal places, without sign, exponent or leading zeros";

    public static readonly Money Zero;

    public static bool TryParse(ReadOnlySpan<char> text, out Money money)
    {
        money = default;
        var dot = text.IndexOf('.');
        var integer = dot < 0 ? text : text[..dot];
        var decimals = dot < 0 ? default : text[(dot + 1)..];
        if (integer.Length is 0 or > IntegerDigitsMax || (integer.Length > 1 && integer[0] == '0')
            || integer.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }
        if (dot >= 0 && (decimals.Length is 0 or > DecimalsMax || decimals.ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }
        var amountE4 = long.Parse(integer, NumberStyles.None, CultureInfo.InvariantCulture) * Unit;
        var scale = Unit;
        foreach (var digit in decimals)
        {
            scale /= 10;
            amountE4 += (digit - '0') * scale;
        }
        money = new Money(amountE4);
        return true;
    }

    /// <summary>The shortest text: no exponent, no trailing fractional zeros (<c>100</c>, <c>6.5</c>).</summary>
    public override string ToString() => Text(decimalsMin: 0);

    /// <summary>The shortest text with at least one decimal (<c>1.0</c>, <c>0.01</c>), as H5Sdk writes it.</summary>
    public string ToStringWithDecimal() => Text(decimalsMin: 1);

    public int CompareTo(Money other) => AmountE4.CompareTo(other.AmountE4);

    public static bool operator <(Money left, Money right) => left.AmountE4 < right.AmountE4;

    public static bool operator >(Money left, Money right) => left.AmountE4 > right.AmountE4;

    public static bool operator <=(Money left, Money right) => left.AmountE4 <= right.AmountE4;

    public static bool operator >=(Money left, Money right) => left.AmountE4 >= right.AmountE4;

    private string Text(int decimalsMin)
    {
        var (whole, rest) = Math.DivRem(AmountE4, Unit);
        var integer = whole.ToString(CultureInfo.InvariantCulture);
        if (rest == 0 && decimalsMin == 0)
        {
            return integer;
        }
        var decimals = rest.ToString("D4", CultureInfo.InvariantCulture).TrimEnd('0').PadRight(decimalsMin, '0');
        return decimals.Length == 0 ? integer : integer + "." + decimals;
    }
}
