using System.Diagnostics.CodeAnalysis;
using OrderCenter.Domain;

namespace OrderCenter.Apps;

/// <summary>The rules for the signing secrets of an app.</summary>
internal static class AppSecrets
{
    public const int LengthMax = 256;
    private const int SecretsMax = 10;

    public static bool IsSecret([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= LengthMax } && !text.Any(char.IsControl);

    /// <summary>Whether a secret may be set: long enough, or the app has it already and keeps it.</summary>
    public static bool MaySet(AppEntry? current, string secret) =>
        secret.Length >= AppSecret.LengthMin || current?.App.Secrets.Any(known => known.Value.Reveal() == secret) is true;

    /// <summary>The secrets with a new one first; the ones before it stay valid for a while.</summary>
    public static List<AppSecret> Rotate(IReadOnlyList<AppSecret> before, string secret, long nowMs, long previousValidMs)
    {
        var newest = before.Count > 0 && before[0].Value.Reveal() == secret ? before[0] : new AppSecret(new Secret(secret), nowMs, null);
        var kept = before
            .Select(old => old with { ValidUntilMs = Math.Min(old.ValidUntilMs ?? long.MaxValue, nowMs + previousValidMs) })
            .Where(old => old.IsValidAt(nowMs) && old.Value.Reveal() != secret);
        return [newest, .. kept.Take(SecretsMax - 1)];
    }
}
