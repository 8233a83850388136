using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Orders;

/// <summary>A digest of content that is only compared for equality.</summary>
internal static class ContentFingerprint
{
    private const int Bytes = 16;

    /// <summary>The digest of a list of fields. The length before each field keeps the fields apart.</summary>
    public static string Of(IReadOnlyList<string> fields)
    {
        var text = new StringBuilder();
        foreach (var field in fields)
        {
            text.Append(field.Length).Append(':').Append(field);
        }
        return Of(text.ToString());
    }

    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
}
