using System.Globalization;
using System.Text;

namespace OrderCenter.Payments.Statements;

/// <summary>How stores write amounts, times and columns.</summary>
internal static class StatementText
{
    public const int KeyMax = 128;
    public const int CurrencyMax = 8;

    /// <summary>Ten thousand million of a currency's unit: what no purchase costs, and whose sums stay within 64 bits.</summary>
    private const int IntegerDigitsMax = 10;
    private const int DecimalsMax = 4;

    /// <summary>Of Alipay and WeChat: China's time, whatever the installation's day is.</summary>
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>An amount with sign, grouped thousands and trailing zeros as they may come. The sign is dropped: stores do not agree on
    /// what it means.</summary>
    public static bool TryAmount(string text, out long amountE4)
    {
        amountE4 = 0;
        var (digits, decimals, isFraction) = (0, 0, false);
        var rest = text is ['-' or '+', ..] ? text.AsSpan(1) : text.AsSpan();
        foreach (var character in rest)
        {
            switch (character)
            {
                case '.' when !isFraction && digits > 0:
                    isFraction = true;
                    break;
                case ',' when !isFraction && digits > 0:
                    break;
                case >= '0' and <= '9' when !isFraction:
                    digits += digits == 0 && character == '0' ? 0 : 1;
                    digits = Math.Max(digits, 1);
                    amountE4 = (amountE4 * 10) + (character - '0');
                    if (amountE4 >= 10_000_000_000)
                    {
                        return false;
                    }
                    break;
                case >= '0' and <= '9' when decimals < DecimalsMax:
                    amountE4 = (amountE4 * 10) + (character - '0');
                    decimals++;
                    break;
                case '0':
                    break;
                default:
                    return false;
            }
        }
        for (; decimals < DecimalsMax; decimals++)
        {
            amountE4 *= 10;
        }
        return digits is > 0 and <= IntegerDigitsMax;
    }

    /// <summary>Sums that stop at the largest number instead of turning over.</summary>
    public static long Add(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    /// <summary><c>2026-11-21 16:33:45</c> in China's time.</summary>
    public static bool TryChinaTime(string text, out long unixMs)
    {
        var good = DateTime.TryParseExact(
            text.Replace('：', ':'), ["yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy/M/d H:mm:ss", "yyyy/M/d H:mm"],
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        unixMs = good && time.Year is > 2000 and < 9999 ? new DateTimeOffset(time, China).ToUnixTimeMilliseconds() : 0;
        return good && unixMs > 0;
    }

    /// <summary>Whether a text may name a transaction, an order or a product.</summary>
    public static bool IsKey(string text) => text.Length is > 0 and <= KeyMax && !text.Any(char.IsControl);

    public static bool IsCurrency(string text) => text.Length is >= 3 and <= CurrencyMax && text.All(char.IsAsciiLetter);

    /// <summary>A column's name as it is compared: without case, marks, blanks of any kind, the width of its brackets and the unit in
    /// them.</summary>
    public static string NormalizeColumn(string name)
    {
        var compared = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (!char.IsWhiteSpace(character) && !char.IsControl(character) && character is not ('"' or '`' or '_' or '\ufeff' or '\u200b'))
            {
                compared.Append(character switch { '（' => '(', '）' => ')', _ => char.ToUpperInvariant(character) });
            }
        }
        return compared.Replace("(元)", "").ToString();
    }

    /// <summary>A text that is only shown, within its limit; null: it is empty.</summary>
    public static string? Shorten(string text) => text.Length == 0 ? null : text.Length <= KeyMax ? text : text[..KeyMax];
}
