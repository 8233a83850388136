using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Client;

/// <summary>The sign of OrderApi's requests (protocols.md §1 "Sign").</summary>
public static class OrderApiSignature
{
    /// <summary>Signs parameters: by name in ordinal order, <c>name=value&amp;</c> each, the secret behind, MD5. <c>sign</c> takes no part.</summary>
    /// <param name="parameters">Names and decoded values; empty values take part.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="isValiorder">Whether they are valiorder's, where <c>payreturndata</c> takes no part.</param>
    /// <returns>32 lower-case hex digits.</returns>
    public static string Sign(IEnumerable<KeyValuePair<string, string>> parameters, string secret, bool isValiorder = false)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            if (name != "sign" && !(isValiorder && name == "payreturndata"))
            {
                text.Append(name).Append('=').Append(value).Append('&');
            }
        }
        return Md5Digest.Of(text.Append(secret).ToString());
    }

    /// <summary>Whether <c>sign</c> among the parameters is theirs. Compared in constant time and without regard to case; an empty secret verifies nothing.
    /// </summary>
    /// <param name="parameters">Names and decoded values with <c>sign</c>.</param>
    /// <param name="secret">The app's secret.</param>
    /// <param name="isValiorder">Whether they are valiorder's, where <c>payreturndata</c> takes no part.</param>
    public static bool Verify(IReadOnlyDictionary<string, string> parameters, string secret, bool isValiorder = false) =>
        secret.Length > 0 && parameters.TryGetValue("sign", out var sign) && Md5Digest.Same(sign, Sign(parameters, secret, isValiorder));
}

/// <summary>The sign of H5Sdk's requests and callbacks (protocols.md §2 "Sign").</summary>
public static class H5SdkSignature
{
    /// <summary>Signs fields: by name in ordinal order, <c>name=value</c> joined with <c>&amp;</c>, the secret behind, MD5. <c>sign</c> and <c>data</c> take no
    /// part.</summary>
    /// <param name="fields">Names and decoded values; empty values take part.</param>
    /// <param name="secret">The app's secret.</param>
    /// <returns>32 lower-case hex digits.</returns>
    public static string Sign(IEnumerable<KeyValuePair<string, string>> fields, string secret)
    {
        var signed = fields.Where(field => field.Key is not ("sign" or "data")).OrderBy(field => field.Key, StringComparer.Ordinal);
        return Md5Digest.Of(string.Join('&', signed.Select(field => field.Key + "=" + field.Value)) + secret);
    }

    /// <summary>Whether <c>sign</c> among the fields is theirs. Compared in constant time and without regard to case; an empty secret verifies nothing.
    /// </summary>
    /// <param name="fields">Names and decoded values with <c>sign</c>.</param>
    /// <param name="secret">The app's secret.</param>
    public static bool Verify(IReadOnlyDictionary<string, string> fields, string secret) =>
        secret.Length > 0 && fields.TryGetValue("sign", out var sign) && Md5Digest.Same(sign, Sign(fields, secret));
}

internal static class Md5Digest
{
    public static string Of(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    public static bool Same(string received, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(received.ToLowerInvariant()), Encoding.UTF8.GetBytes(expected));
}
