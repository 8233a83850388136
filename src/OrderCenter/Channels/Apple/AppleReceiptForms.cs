using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What a receipt of the App Store may hold (anchors/payments.md, "What payreturndata may hold").</summary>
internal static class AppleReceiptForms
{
    private static readonly string[] SignedForms = ["signedTransaction", "jwsRepresentation"];
    private static readonly string[] OnlineForms = [AppleChannel.IdField, AppleChannel.AppReceiptField];

    public static string? Jws(Receipt receipt, JsonFieldReader fields)
    {
        if (receipt.UnityPayload is { } payload)
        {
            return IsAppReceipt(payload) ? null : payload;
        }
        foreach (var name in SignedForms)
        {
            if (fields.Text(name, Receipt.BytesMax) is { } jws)
            {
                return jws;
            }
        }
        return null;
    }

    public static bool IsOnlineForm(Receipt receipt, JsonFieldReader fields) =>
        receipt.UnityPayload is not null || Array.Exists(OnlineForms, name => fields.Text(name, Receipt.BytesMax) is not null);

    /// <summary>Base64 has no dots, and a JWS has two.</summary>
    public static bool IsAppReceipt(string unityPayload) => !unityPayload.Contains('.', StringComparison.Ordinal);
}
