using System.Text;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders.Creation;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's sign (protocols.md §4, "Sign"): the characters of the compact JSON text of all fields but <c>sign</c>, in the
/// order in which they stand, sorted by code point, then the secret; MD5. It is blind to the order of characters (<c>…115</c> and
/// <c>…151</c> sign alike), so that whoever saw one signed message can make others. So a caller proves itself otherwise too
/// (<see cref="CallerProof"/>), and a sign that placed an order belongs to it.</summary>
internal static class CardRechargeSigning
{
    public const string SignField = "sign";

    /// <summary>Whether a request is signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(CardRechargeRequest request, App app, long nowMs)
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

    /// <summary>A request's sign as what belongs to the order that it places: in one spelling, with every field that it signs, by
    /// name.</summary>
    public static OrderSignature SignatureOf(CardRechargeRequest request) => new(
        Text(request.Fields, SignField).ToLowerInvariant(),
        [
            .. request.Fields.Sorted.Where(field => !field.Name.Span.SequenceEqual("sign"u8))
                .SelectMany(field => (string[])[Encoding.UTF8.GetString(field.Name.Span), Encoding.UTF8.GetString(field.Value.Span)]),
        ]);

    private static string Text(ParameterSet fields, string name) =>
        fields.TryGet(name, out var value) ? Encoding.UTF8.GetString(value.Span) : "";

    /// <summary>The sign of an answer's <c>result</c>: of the text itself. Without a secret nothing is signed.</summary>
    public static string Of(string result, Secret? secret) =>
        secret is null ? "" : CharSort.Of(Encoding.UTF8.GetBytes(result), secret.Reveal());

    /// <summary>The sign of a callback's fields as compact JSON.</summary>
    public static string Of(ReadOnlySpan<byte> fields, Secret secret) => CharSort.Of(fields, secret.Reveal());
}
