using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;

namespace OrderCenter.Api;

/// <summary>A game's own token: <c>GAMEID.HEX</c>, where HEX is HMAC-SHA256 of <c>changes:GAMEID</c> under any of the app's valid secrets.
/// The game computes it itself. It expires with its secret, does not reveal the secret, and signs nothing.</summary>
internal static class GameToken
{
    private const int HexLength = 64;

    public static string Of(long gameId, Secret secret)
    {
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), Encoding.UTF8.GetBytes($"changes:{gameId}"));
        return $"{gameId}.{Convert.ToHexStringLower(hash)}";
    }

    /// <returns>The app whose token it is, where the app allows the address; null: no app's.</returns>
    public static App? Find(AppCatalog apps, string token, IPAddress? address, TimeProvider clock)
    {
        var nowMs = clock.NowMs();
        return token.Split('.') is [var game, { Length: HexLength }]
            && long.TryParse(game, NumberStyles.None, CultureInfo.InvariantCulture, out var gameId)
            && apps.Find(gameId) is { Disabled: false } app && app.Allows(address)
            && app.Secrets.Any(secret => secret.IsValidAt(nowMs) && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(token.ToLowerInvariant()), Encoding.UTF8.GetBytes(Of(gameId, secret.Value))))
            ? app
            : null;
    }
}
