using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's sign (protocols.md §1, "Sign"): every parameter received except <c>sign</c>, at valiorder also except
/// <c>payreturndata</c>, with a trailing ampersand.</summary>
internal static class OrderApiSigning
{
    public const string SignField = ParameterSigning.SignField;
    public const string ReceiptField = "payreturndata";

    public static readonly ParameterSigning Signing = new(
        "every parameter but sign (at valiorder also but payreturndata), by name in byte order, each as name=value& "
        + "with the decoded value, then the secret; MD5",
        hasLastSeparator: true);

    /// <summary>Refuses texts that can be read as another request. The fields are those of all four endpoints.</summary>
    public static readonly SignedText Text = new(
    [
        "productid", "money", "currency", "gameid", "userID", SignField, "productname", "gamename", "orderID", "roleID", "roleName",
        "serverID", "serverName",
        "username", "roleLevel", "pay_channel", "packagename", "platorderid", ReceiptField, "time",
    ]);

    private static readonly string[] UnsignedFields = [SignField, ReceiptField];

    /// <summary>The names that take no part in the signed text.</summary>
    public static ReadOnlySpan<string> Unsigned(bool withoutReceipt) => UnsignedFields.AsSpan(0, withoutReceipt ? 2 : 1);

    /// <summary>Whether the parameters are signed with one of the app's valid secrets.</summary>
    public static bool IsSigned(ParameterSet parameters, App app, bool withoutReceipt, long nowMs) =>
        Signing.IsSigned(parameters, app, nowMs, Unsigned(withoutReceipt));

    /// <summary>The text that is signed, without the secret.</summary>
    public static byte[] Canonical(ParameterSet parameters, bool withoutReceipt) => Signing.Canonical(parameters, Unsigned(withoutReceipt));
}
