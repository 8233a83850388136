using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrderCenter.Accounts;

/// <summary>The id of a player in one game: 32 lower-case hex digits, one for each (user, game), from which nothing
/// else can be guessed (protocols.md §2, "Login check").</summary>
public readonly record struct OpenId
{
    public const int Length = 32;

    /// <summary>The description of the format in error texts.</summary>
    public const string Form = "32 lower-case hex digits";

    private OpenId(string value) => Value = value;

    public string Value { get; }

    public static OpenId Draw() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2)));

    public static bool TryParse([NotNullWhen(true)] string? text, out OpenId openId)
    {
        var isValid = text is { Length: Length } && text.All(char.IsAsciiHexDigitLower);
        openId = isValid ? new OpenId(text!) : default;
        return isValid;
    }

    /// <summary>For rows of our own database, which hold only values of <see cref="Draw"/>.</summary>
    public static OpenId FromStore(string text) => new(text);

    public override string ToString() => Value;
}
