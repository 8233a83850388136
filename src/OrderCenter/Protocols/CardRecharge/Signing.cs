using System.Text;
using OrderCenter.Model;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's sign (protocols.md §4, "Sign"): the characters of the compact JSON text of all fields but <c>sign</c>, in the order in which they
/// stand, sorted by code point, then the secret; MD5. It is blind to the order of characters (<c>…115</c> and <c>…151</c> sign alike), so that a signed
/// message only ever asks: what it names is looked up, and nothing is handed over on its word.</summary>
internal static class Signing
{
    public const string SignField = "sign";

    /// <summary>Whether a request is signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(Request request, App app, long nowMs)
    {
        if (!request.Fields.TryGet(SignField, out var sign) || sign.Length != Md5Digest.HexLength)
        {
            return false;
        }
        foreach (var secret in app.Secrets)
        {
            if (secret.IsValidAt(nowMs) && CharSort.Matches(sign.Span, request.Signed, secret.Value.Reveal()))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The sign of an answer's <c>result</c>: of the text itself. Without a secret nothing is signed.</summary>
    public static string Of(string result, Secret? secret) => secret is null ? "" : CharSort.Of(Encoding.UTF8.GetBytes(result), secret.Reveal());

    /// <summary>The sign of a callback's fields as compact JSON.</summary>
    public static string Of(ReadOnlySpan<byte> fields, Secret secret) => CharSort.Of(fields, secret.Reveal());
}
