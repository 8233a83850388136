using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>A game's own token: <c>GAMEID.HEX</c>, where HEX is HMAC-SHA256 of <c>changes:GAMEID</c> under any of the app's valid secrets. The game makes it by
/// itself, it dies with its secret, and neither does it show the secret nor sign anything.</summary>
internal static class GameToken
{
    private const int HexLength = 64;

    public static string Of(long gameId, Secret secret) =>
        $"{gameId}.{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), Encoding.UTF8.GetBytes($"changes:{gameId}")))}";

    /// <returns>The app whose token it is, where it is open to that address; null: nobody's.</returns>
    public static App? Find(AppCatalog apps, string token, IPAddress? address, TimeProvider clock)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return token.Split('.') is [var game, { Length: HexLength }] && long.TryParse(game, NumberStyles.None, CultureInfo.InvariantCulture, out var gameId)
            && apps.Find(gameId) is { Disabled: false } app && app.Allows(address)
            && app.Secrets.Any(secret => secret.IsValidAt(nowMs) && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(token.ToLowerInvariant()), Encoding.UTF8.GetBytes(Of(gameId, secret.Value))))
            ? app
            : null;
    }
}
