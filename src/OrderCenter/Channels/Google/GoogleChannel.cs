using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Google Play: the offline check of a purchase by its signature (anchors/payments.md, "Google Play" and "What payreturndata may hold").
/// A bare purchase token is recognised, and refused until the online check is there.</summary>
public sealed class GoogleChannel : IChannel
{
    internal const string ChannelName = "google";

    private const string UnityStore = "GooglePlay";
    private const int PurchaseDataCharsMax = 64 * 1024;
    private const int SignatureCharsMax = 4096;
    private const int NameCharsMax = 512;
    private static readonly string[] Secrets = [GoogleSettings.ServiceAccountField];
    private static readonly Verdict NotConfigured = new Verdict.Rejected("channel google is not configured for this app");

    private static readonly (string Data, string Signature)[] SignedForms =
        [("json", "signature"), ("purchaseData", "dataSignature"), ("INAPP_PURCHASE_DATA", "INAPP_DATA_SIGNATURE")];

    /// <param name="clock">For the online check's tokens; the offline check judges no time, since Google's signature has none.</param>
    public GoogleChannel(TimeProvider clock) => ArgumentNullException.ThrowIfNull(clock);

    public string Name => ChannelName;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => GoogleSettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt)
    {
        var fields = new Fields(receipt.Root);
        return receipt.UnityStore == UnityStore || (receipt.UnityStore is null && (SignedForm(fields) is not null || IsOnlineForm(fields)));
    }

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Judge(app, order, receipt));

    /// <summary>1. The app has a key. 2. The receipt is of a form that can be checked offline. 3. The signature is Google's, over the exact bytes.
    /// 4. Only then the data is read and compared with the order.</summary>
    private static Verdict Judge(App app, Order order, Receipt receipt)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        if (receipt.UnityStore is not (null or UnityStore))
        {
            return new Verdict.Rejected("the Unity receipt is not of the store GooglePlay");
        }
        var fields = new Fields(receipt.Root);
        if (SignedForm(fields) is not { } form)
        {
            return new Verdict.Rejected(IsOnlineForm(fields)
                ? "packageName, productId, purchaseToken: this form needs the online check, which is not configured"
                : "the receipt must hold json and signature (or purchaseData and dataSignature) as strings");
        }
        if (!settings.HasPublicKey)
        {
            return NotConfigured;
        }
        var data = Encoding.UTF8.GetBytes(form.Data);
        if (!TryBase64(form.Signature, out var signature))
        {
            return new Verdict.Rejected("the signature is not base64");
        }
        if (!settings.Verify(data, signature))
        {
            return new Verdict.Rejected("the signature is not Google's for this app");
        }
        return PurchaseData.TryRead(data, out var purchase, out var fault)
            ? Compare(settings, order, purchase)
            : new Verdict.Rejected($"the purchase data is not usable: {fault}");
    }

    private static Verdict Compare(GoogleSettings settings, Order order, PurchaseData purchase)
    {
        if (purchase.PackageName != settings.PackageName)
        {
            return new Verdict.Rejected("the receipt is for another package");
        }
        if (purchase.ProductId != order.ProductId)
        {
            return new Verdict.Rejected("the receipt is for another product");
        }
        if (purchase.PurchaseState != 0)
        {
            return new Verdict.Rejected(purchase.PurchaseState switch
            {
                1 => "the purchase was cancelled",
                2 => "the purchase is pending",
                _ => "the purchase is in a state that is not purchased",
            });
        }
        var payment = new Payment
        {
            Channel = ChannelName,
            Environment = Payment.Production,
            TransactionId = purchase.PurchaseToken,
            StoreOrderId = purchase.OrderId,
            ProductId = purchase.ProductId,
            Quantity = purchase.Quantity,
            PurchasedMs = purchase.PurchaseTimeMs,
        };
        if (purchase.Quantity != order.Quantity)
        {
            return new Verdict.Contradicts(payment, $"the receipt is for the quantity {purchase.Quantity}, the order for {order.Quantity}");
        }
        if (settings.CheckAccount && purchase.ObfuscatedAccountId is { } account && !Names(account, order.UserId))
        {
            return new Verdict.Contradicts(payment, "the receipt names another player (obfuscatedAccountId)");
        }
        return new Verdict.Paid(payment);
    }

    /// <summary>Google asks games not to hand it plain user ids, so the hexadecimal SHA-256 of one is taken as well.</summary>
    private static bool Names(string account, string userId) =>
        account == userId || account.Equals(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(userId))), StringComparison.OrdinalIgnoreCase);

    private static (string Data, string Signature)? SignedForm(Fields fields)
    {
        foreach (var (dataName, signatureName) in SignedForms)
        {
            if (fields.Text(dataName, PurchaseDataCharsMax) is { } data && fields.Text(signatureName, SignatureCharsMax) is { } signature)
            {
                return (data, signature);
            }
        }
        return null;
    }

    private static bool IsOnlineForm(Fields fields) =>
        fields.Text("packageName", NameCharsMax) is not null
        && fields.Text("productId", NameCharsMax) is not null
        && fields.Text("purchaseToken", PurchaseData.TokenCharsMax) is not null;

    /// <summary>Takes the one canonical spelling only: no blanks, no stray bits after the last byte.</summary>
    private static bool TryBase64(string text, out byte[] bytes)
    {
        var buffer = new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out var length) && Convert.ToBase64String(buffer.AsSpan(0, length)) == text)
        {
            bytes = buffer[..length];
            return true;
        }
        bytes = [];
        return false;
    }
}
