using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>What a caller of CardRecharge's endpoints proves beside the legacy sign, which cannot tell two arrangements of the same
/// characters apart (protocols.md §4, the last reading): an address that the app names, or a Standard Webhooks signature over the raw
/// body.</summary>
internal static class CallerProof
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const int IdCharactersMax = 256;
    private const int TimestampDigitsMax = 18;

    /// <summary>One for each secret of a rotation, and some more.</summary>
    private const int SignaturesMax = 16;

    public static bool IsGiven(HttpContext context, App app, ReadOnlyMemory<byte> body, DateTimeOffset now) =>
        app.Names(context.Connection.RemoteIpAddress) || IsSigned(context.Request.Headers, app, body.Span, now);

    private static bool IsSigned(IHeaderDictionary headers, App app, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        // An id without a full stop, so that "id.timestamp.body" can be cut in one way only. Each header once.
        if (headers[IdHeader] is not [{ Length: > 0 and <= IdCharactersMax } id] || !id.All(IsIdCharacter)
            || headers[TimestampHeader] is not [{ } timestamp] || headers[SignatureHeader] is not [{ } signatures]
            || timestamp.Length > TimestampDigitsMax
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds.ToString(CultureInfo.InvariantCulture) != timestamp
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > app.TimeWindowSeconds)
        {
            return false;
        }
        var received = signatures.Split(' ', SignaturesMax + 1, StringSplitOptions.RemoveEmptyEntries);
        if (received.Length > SignaturesMax)
        {
            return false;
        }
        var isSigned = false;
        foreach (var secret in app.Secrets.Where(secret => secret.IsValidAt(now.ToUnixTimeMilliseconds())))
        {
            var expected = Encoding.ASCII.GetBytes(StandardWebhook.Sign(id, seconds, body, secret.Value));
            foreach (var signature in received)
            {
                isSigned |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
            }
        }
        return isSigned;
    }

    private static bool IsIdCharacter(char character) => character is > ' ' and < '\u007f' and not '.';
}
