using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrderCenter.Domain;

/// <summary>The number under which an order is known everywhere (<c>platorderid</c>, <c>tradeNo</c>, <c>sz_order_id</c>, <c>orderno</c>):
/// the game's number, 10 digits of Unix seconds, 6 to 16 random digits. Digits only, and text everywhere: 20 digits overflow 64
/// bits.</summary>
public readonly record struct OrderId
{
    /// <summary>The longest id that can be made (a 10-digit game, 10 digits of time, 16 random ones) and the longest that is looked
    /// up.</summary>
    public const int LengthMax = 36;

    public const int RandomDigitsMin = 6;
    public const int RandomDigitsMax = 16;
    private const int TimeDigits = 10;

    private OrderId(string value) => Value = value;

    public string Value { get; }

    /// <summary>Draws a new id. The random part is cryptographic, so that order numbers cannot be guessed from one another.</summary>
    public static OrderId Draw(long gameId, long nowMs, int randomDigits)
    {
        long bound = 1;
        for (var i = 0; i < randomDigits; i++)
        {
            bound *= 10;
        }
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        // 64 random bits over at most 10^16 values: the bias is below 1 in 1,800.
        var random = (long)(BitConverter.ToUInt64(bytes) % (ulong)bound);
        return new OrderId(
            string.Create(null, stackalloc char[LengthMax], $"{gameId}{nowMs / 1000:D10}{random.ToString("D" + randomDigits)}"));
    }

    /// <summary>Takes what came from outside: 1 to <see cref="LengthMax"/> ASCII digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OrderId id)
    {
        if (text is { Length: > 0 and <= LengthMax } && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            id = new OrderId(text);
            return true;
        }
        id = default;
        return false;
    }

    /// <summary>For rows of our own store, which hold only ids that <see cref="Draw"/> made.</summary>
    public static OrderId FromStore(string text) => new(text);

    /// <summary>Whether this id has the shape of one that the game's app could have been given.</summary>
    public bool CouldBelongTo(long gameId)
    {
        var prefix = gameId.ToString();
        var randomDigits = Value.Length - prefix.Length - TimeDigits;
        return Value.StartsWith(prefix, StringComparison.Ordinal) && randomDigits is >= RandomDigitsMin and <= RandomDigitsMax;
    }

    public override string ToString() => Value;
}
