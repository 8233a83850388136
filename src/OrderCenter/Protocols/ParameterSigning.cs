using System.Buffers;
using System.Text;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols;

/// <summary>The sign of parameters, as OrderApi and H5Sdk have it: by name in ordinal byte order, each as <c>name=value</c> with the
/// decoded value, joined by ampersands, then the secret; MD5. Empty values take part.</summary>
/// <param name="rule">The rule in one sentence, for people.</param>
/// <param name="hasLastSeparator">Whether an ampersand stands after the last value too.</param>
internal sealed class ParameterSigning(string rule, bool hasLastSeparator)
{
    public const string SignField = "sign";

    /// <summary>Whether the parameters are signed with one of the app's valid secrets.</summary>
    /// <param name="parameters">With their sign.</param>
    /// <param name="app">Whose secrets count.</param>
    /// <param name="nowMs">Secrets that expired before it do not count.</param>
    /// <param name="unsigned">The names that take no part.</param>
    public bool IsSigned(ParameterSet parameters, App app, long nowMs, ReadOnlySpan<string> unsigned)
    {
        if (!parameters.TryGet(SignField, out var sign) || sign.Length != Md5Digest.HexLength)
        {
            return false;
        }
        var canonical = ArrayPool<byte>.Shared.Rent(LengthMax(parameters));
        try
        {
            var length = Write(parameters, canonical, unsigned);
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
    public byte[] Canonical(ParameterSet parameters, ReadOnlySpan<string> unsigned)
    {
        var buffer = new byte[LengthMax(parameters)];
        return buffer[..Write(parameters, buffer, unsigned)];
    }

    public SignExplanation Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret, ReadOnlySpan<string> unsigned)
    {
        var canonical = Canonical(Set(fields, out _), unsigned);
        return new SignExplanation(rule, Encoding.UTF8.GetString(canonical), Md5Digest.Of(canonical, secret.Reveal()));
    }

    /// <summary>The longest text that these parameters can make.</summary>
    public static int LengthMax(ParameterSet parameters)
    {
        var length = 0;
        foreach (var parameter in parameters.Sorted)
        {
            length += parameter.Name.Length + parameter.Value.Length + 2;
        }
        return length;
    }

    /// <summary>Fields as parameters.</summary>
    /// <param name="fields">Their names and values.</param>
    /// <param name="fault">Why a field cannot be a parameter, and is left out; null: none is.</param>
    public static ParameterSet Set(IEnumerable<KeyValuePair<string, string>> fields, out string? fault)
    {
        var parameters = new ParameterSet();
        fault = null;
        foreach (var (name, value) in fields)
        {
            fault = parameters.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out var one) ? fault : one;
        }
        return parameters;
    }

    private int Write(ParameterSet parameters, Span<byte> output, ReadOnlySpan<string> unsigned)
    {
        var at = 0;
        foreach (var (name, value) in parameters.Sorted)
        {
            if (SignedText.IsOneOf(name.Span, unsigned))
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
        return hasLastSeparator || at == 0 ? at : at - 1;
    }
}
