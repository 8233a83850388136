using System.Buffers;
using OrderCenter.Model;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's sign (protocols.md §2, "Sign"): every field except <c>sign</c> and <c>data</c>, by name in ordinal byte order, <c>name=value</c> with the
/// decoded value, joined with ampersands and none at the end, then the secret directly; MD5. Empty values take part.</summary>
internal static class Signing
{
    public const string SignField = "sign";

    /// <summary>Whether the parameters are signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(ParameterSet parameters, App app, long nowMs)
    {
        if (!parameters.TryGet(SignField, out var sign) || sign.Length != Md5Digest.HexLength)
        {
            return false;
        }
        var canonical = ArrayPool<byte>.Shared.Rent(CanonicalLength(parameters));
        try
        {
            var length = WriteCanonical(parameters, canonical);
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

    /// <summary>The digest that we send.</summary>
    public static string Sign(ParameterSet parameters, Secret secret) => Md5Digest.Of(Canonical(parameters), secret.Reveal());

    /// <summary>The text that is signed, without the secret.</summary>
    public static byte[] Canonical(ParameterSet parameters)
    {
        var buffer = new byte[CanonicalLength(parameters)];
        return buffer[..WriteCanonical(parameters, buffer)];
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

    private static int WriteCanonical(ParameterSet parameters, Span<byte> output)
    {
        var at = 0;
        foreach (var (name, value) in parameters.Sorted)
        {
            if (name.Span.SequenceEqual("sign"u8) || name.Span.SequenceEqual("data"u8))
            {
                continue;
            }
            if (at > 0)
            {
                output[at++] = (byte)'&';
            }
            name.Span.CopyTo(output[at..]);
            at += name.Length;
            output[at++] = (byte)'=';
            value.Span.CopyTo(output[at..]);
            at += value.Length;
        }
        return at;
    }
}
