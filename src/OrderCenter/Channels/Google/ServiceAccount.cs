using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>The JSON key of a Google service account, as its console gives it.</summary>
/// <param name="Email"><c>client_email</c>.</param>
/// <param name="KeyId"><c>private_key_id</c>; null where it is absent.</param>
/// <param name="PrivateKey"><c>private_key</c>, PEM.</param>
/// <param name="TokenUri"><c>token_uri</c>: where tokens are requested, and their audience.</param>
internal sealed record ServiceAccount(string Email, string? KeyId, string PrivateKey, Uri TokenUri)
{
    public const string Form = "the JSON key of a service account: client_email and private_key (PEM, RSA of at least 2048 bits)";
    private const int NameCharsMax = 512;
    private const int KeyCharsMax = 8192;
    private const int AddressCharsMax = 1024;
    private const int KeyBitsMin = 2048;
    private const int TextCharsMax = 16 * 1024;
    private static readonly Uri TokenUriDefault = new("https://oauth2.googleapis.com/token");

    /// <summary>Takes the object itself or its text; operators paste either.</summary>
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out ServiceAccount? account)
    {
        account = null;
        if (!TryObject(element, out var fields))
        {
            return false;
        }
        var email = fields.RequiredText("client_email", NameCharsMax);
        var key = fields.RequiredText("private_key", KeyCharsMax);
        var keyId = fields.Text("private_key_id", NameCharsMax);
        var tokenUri = fields.Address("token_uri", AddressCharsMax);
        if (email is null || key is null || fields.Faults.Count > 0 || !IsPrivateKey(key))
        {
            return false;
        }
        account = new ServiceAccount(email, keyId, key, tokenUri ?? TokenUriDefault);
        return true;
    }

    private static bool TryObject(JsonElement element, [NotNullWhen(true)] out JsonFieldReader? fields)
    {
        fields = null;
        if (element.ValueKind == JsonValueKind.Object)
        {
            fields = new JsonFieldReader(element);
            return true;
        }
        try
        {
            return element.ValueKind == JsonValueKind.String && element.GetString() is { Length: <= TextCharsMax } text
                && JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(text), out fields, out _);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: not text.
            return false;
        }
    }

    private static bool IsPrivateKey(string pem)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);

            // A public key alone cannot be exported so, and throws.
            return key.ExportParameters(includePrivateParameters: true).D is not null && key.KeySize >= KeyBitsMin;
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
