namespace OrderCenter.Domain;

/// <summary>An exact count of points that may be negative: what a posting moves, what a balance is. One point is one yuan, with the
/// bounds of <see cref="Money"/> in both directions (protocols.md §2, "Create order").</summary>
public readonly record struct Points(long AmountE4)
{
    /// <summary>The allowed form, for error messages.</summary>
    public const string Form =
        "a decimal number with at most 14 integer digits and 4 decimal places, " +
        "without exponent or leading zeros; a minus before it where it takes away";

    /// <summary>The most that an account holds, or owes: 14 integer digits and 4 decimal places.</summary>
    public const long MaxE4 = 999_999_999_999_999_999;

    public static readonly Points Zero;

    public static Points Of(Money money) => new(money.AmountE4);

    public static bool TryParse(ReadOnlySpan<char> text, out Points points)
    {
        var isNegative = text is ['-', ..];
        var isMoney = Money.TryParse(isNegative ? text[1..] : text, out var money);
        points = isMoney ? new Points(isNegative ? -money.AmountE4 : money.AmountE4) : default;
        return isMoney;
    }

    public static Points operator -(Points points) => new(-points.AmountE4);

    /// <summary>The shortest text: <c>1999</c>, <c>-0.5</c>.</summary>
    public override string ToString() => AmountE4 < 0 ? "-" + new Money(-AmountE4) : new Money(AmountE4).ToString();
}
