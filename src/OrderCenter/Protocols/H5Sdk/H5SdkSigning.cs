using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's sign (protocols.md §2, "Sign"): every field except <c>sign</c> and <c>data</c>, without a trailing ampersand.</summary>
internal static class H5SdkSigning
{
    public const string SignField = ParameterSigning.SignField;
    public const string DataField = "data";

    public static readonly string[] Unsigned = [SignField, DataField];

    public static readonly ParameterSigning Signing = new(
        "every field but sign and data, by name in byte order, name=value joined with &, then the secret; MD5", hasLastSeparator: false);

    /// <summary>Refuses texts that can be read as another request. The fields are those of createOrder and of the callback, which is
    /// signed with the same secret. The four that an address may carry sort apart from it: no signed text has them behind
    /// <c>notifyUrl</c>, or only behind <c>openId</c>.</summary>
    public static readonly SignedText Text = new(
        ["gameId", "codeNo", "openId", "amount", "productId", "productName", "ext", "notifyUrl", "payWay", SignField, "tradeNo"],
        "notifyUrl", "gameId", "ext", "productId", "productName");

    /// <summary>Whether the parameters are signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(ParameterSet parameters, App app, long nowMs) => Signing.IsSigned(parameters, app, nowMs, Unsigned);

    /// <summary>The sign of a callback.</summary>
    public static string Sign(ParameterSet parameters, Secret secret) => Md5Digest.Of(Canonical(parameters), secret.Reveal());

    /// <summary>The text that is signed, without the secret.</summary>
    public static byte[] Canonical(ParameterSet parameters) => Signing.Canonical(parameters, Unsigned);
}
