using System.Buffers;
using OrderCenter.Model;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's sign (protocols.md §1, "Sign"): every parameter received except <c>sign</c>, at valiorder also except <c>payreturndata</c>, by name
/// in ordinal byte order, each as <c>name=value&amp;</c> with the decoded value and the trailing ampersand, then the secret; MD5.</summary>
internal static class Signing
{
    public const string SignField = "sign";
    public const string ReceiptField = "payreturndata";

    /// <summary>Whether the parameters are signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(ParameterSet parameters, App app, bool withoutReceipt, long nowMs)
    {
        if (!parameters.TryGet(SignField, out var sign) || sign.Length != Md5Digest.HexLength)
        {
            return false;
        }
        var canonical = ArrayPool<byte>.Shared.Rent(CanonicalLength(parameters));
        try
        {
            var length = WriteCanonical(parameters, withoutReceipt, canonical);
            foreach (var secret in app.Secrets)
            {
                if (secret.IsValidAt(nowMs) && Md5Digest.Matches(sign.Span, canonical.AsSpan(0, length), secret.Value.Reveal()))
                {
                    return true;
                }
            }
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(canonical);
        }
    }

    /// <summary>The text that is signed, without the secret.</summary>
    public static byte[] Canonical(ParameterSet parameters, bool withoutReceipt)
    {
        var buffer = new byte[CanonicalLength(parameters)];
        return buffer[..WriteCanonical(parameters, withoutReceipt, buffer)];
    }

    private static int CanonicalLength(ParameterSet parameters)
    {
        var length = 0;
        foreach (var parameter in parameters.Sorted)
        {
            length += parameter.Name.Length + parameter.Value.Length + 2;
        }
        return length;
    }

    private static int WriteCanonical(ParameterSet parameters, bool withoutReceipt, Span<byte> output)
    {
        var at = 0;
        foreach (var (name, value) in parameters.Sorted)
        {
            if (name.Span.SequenceEqual("sign"u8) || (withoutReceipt && name.Span.SequenceEqual("payreturndata"u8)))
            {
                continue;
            }
            name.Span.CopyTo(output[at..]);
            at += name.Length;
            output[at++] = (byte)'=';
            value.Span.CopyTo(output[at..]);
            at += value.Length;
            output[at++] = (byte)'&';
        }
        return at;
    }
}
