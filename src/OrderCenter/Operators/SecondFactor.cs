using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OtpNet;

namespace OrderCenter.Operators;

/// <summary>The second factor: codes of six digits that change every 30 seconds (RFC 6238 with SHA-1, as authenticator apps have
/// it).</summary>
internal static class SecondFactor
{
    private const int SecretBytes = 20;
    private const int Digits = 6;
    private const string Issuer = "OrderCenter";

    /// <summary>The code before and the code after are accepted too: clocks differ.</summary>
    private static readonly VerificationWindow s_window = new(previous: 1, future: 1);

    /// <summary>Where secrets are stored: the one in use, and the one that a code has yet to confirm.</summary>
    public static readonly SealedColumn[] SealedColumns =
    [
        new("operators", "operator_key", "code_secret", row => Place((string)row.Key[0])),
        new("operators", "operator_key", "new_code_secret", row => Place((string)row.Key[0])),
    ];

    /// <summary>A new secret, base32.</summary>
    public static string Draw() => Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(SecretBytes));

    /// <summary>What an authenticator app reads from a picture.</summary>
    public static string Address(string name, string secret) =>
        $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(name)}?secret={secret}&issuer={Issuer}";

    public static string Seal(Vault vault, string name, string secret) => vault.Seal(secret, Place(name));

    /// <summary>The time step of a code; null: it is wrong.</summary>
    /// <param name="vault">Opens the secret.</param>
    /// <param name="name">The operator's.</param>
    /// <param name="secret">As it is stored.</param>
    /// <param name="code">What was sent.</param>
    /// <param name="now">The time.</param>
    public static long? StepOf(Vault vault, string name, string secret, string? code, DateTimeOffset now)
    {
        if (code is not { Length: Digits } || !code.All(char.IsAsciiDigit))
        {
            return null;
        }
        var codes = new Totp(Base32Encoding.ToBytes(vault.Open(secret, Place(name))));
        return codes.VerifyTotp(now.UtcDateTime, code, out var step, s_window) ? step : null;
    }

    private static string Place(string name) => $"second factor {Operator.KeyOf(name)}";
}
