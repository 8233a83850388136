using OrderCenter.Domain;

namespace OrderCenter.Channels.Shared;

/// <summary>Amounts as the platforms of China write them: yuan with two decimals, or whole fen.</summary>
internal static class CnyMinorUnits
{
    private const long PerYuan = 100;
    private const long E4PerFen = 100;

    /// <summary>The most that an amount may be.</summary>
    public const long Max = 9_999_999_999_999_999;

    public const string Form = "must be whole fen: at least 0.01 and at most two decimals";

    public static bool TryFromMoney(Domain.Money money, out long fen)
    {
        (fen, var rest) = Math.DivRem(money.AmountE4, E4PerFen);
        return fen > 0 && rest == 0;
    }

    public static Domain.Money ToMoney(long fen) => new(fen * E4PerFen);

    /// <summary>Yuan, always with two decimals.</summary>
    public static string ToYuan(long fen) => $"{fen / PerYuan}.{fen % PerYuan:D2}";
}
