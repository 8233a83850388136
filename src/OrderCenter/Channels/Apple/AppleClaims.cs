using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>The numbers of a transaction that is not used: for support, never for a decision.</summary>
internal static class AppleClaims
{
    private const int NameCharsMax = 512;
    private const int IdCharsMax = 128;

    /// <summary>What a JWS says of itself, whoever signed it.</summary>
    public static ClaimedPurchase? OfJws(string jws)
    {
        var parts = jws.Length <= SignedTransaction.CharsMax ? jws.Split('.', 4) : [];
        return parts.Length == 3 && StrictBase64.TryDecodeUrl(parts[1], out var payload)
            && JsonFieldReader.TryParse(payload, out var fields, out _)
            && fields.Text("transactionId", IdCharsMax) is { } id
            ? new ClaimedPurchase(
                id,
                fields.Text("originalTransactionId", IdCharsMax) is { } original && original != id ? original : null,
                fields.Text("productId", NameCharsMax))
            : null;
    }

    /// <summary>The payment of a transaction that Apple signed and that is not usable: as much as names it.</summary>
    public static Payment? OfUnusable(JsonFieldReader signed) => signed.Text("transactionId", IdCharsMax) is not { } id
        ? null
        : new Payment
        {
            Channel = AppleChannel.ChannelName,
            Environment = signed.Text("environment", IdCharsMax) ?? Payment.Production,
            TransactionId = id,
            StoreOrderId = signed.Text("originalTransactionId", IdCharsMax),
            ProductId = signed.Text("productId", NameCharsMax),
        };
}
