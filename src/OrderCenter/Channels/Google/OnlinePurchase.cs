using System.Diagnostics.CodeAnalysis;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>A purchase in an answer of Google's server (anchors/payments.md, "Online").</summary>
internal sealed record OnlinePurchase
{
    private const int NameCharsMax = 512;
    private const int TypeTest = 0;

    /// <summary>0 purchased, 1 cancelled, 2 pending.</summary>
    public long State { get; init; }

    public bool IsAcknowledged { get; init; }
    public bool IsConsumed { get; init; }

    /// <summary>Whether a licence tester bought it: no money was paid.</summary>
    public bool IsTest { get; init; }

    public int Quantity { get; init; } = 1;
    public string? OrderId { get; init; }
    public long? PurchaseTimeMs { get; init; }
    public string? ObfuscatedAccountId { get; init; }

    /// <summary>Whether a player is named in a way that cannot be read.</summary>
    public bool IsAccountUnread { get; init; }
    public string? ObfuscatedProfileId { get; init; }

    public string Environment => IsTest ? Payment.Sandbox : Payment.Production;

    /// <summary>Reads <c>purchases.products</c>; 64-bit numbers are strings there. Without a state it is no purchase.</summary>
    public static bool TryRead(
        JsonFieldReader fields, [NotNullWhen(true)] out OnlinePurchase? purchase, [NotNullWhen(false)] out string? fault)
    {
        if (!fields.IsGiven("purchaseState"))
        {
            fields.AddFault("purchaseState is missing");
        }
        purchase = new OnlinePurchase
        {
            State = fields.GivenInteger("purchaseState", 0, int.MaxValue) ?? -1,
            IsAcknowledged = fields.AnyInteger("acknowledgementState", 0, int.MaxValue) == 1,
            IsConsumed = fields.GivenInteger("consumptionState", 0, int.MaxValue) == 1,
            IsTest = fields.GivenInteger("purchaseType", 0, int.MaxValue) == TypeTest,
            Quantity = (int)(fields.GivenInteger("quantity", 1, int.MaxValue) ?? 1),
            OrderId = fields.AnyText("orderId", NameCharsMax),
            PurchaseTimeMs = fields.AnyTime("purchaseTimeMillis"),
            ObfuscatedAccountId = fields.AnyText("obfuscatedExternalAccountId", NameCharsMax),
            IsAccountUnread = fields.IsGiven("obfuscatedExternalAccountId")
                && fields.AnyText("obfuscatedExternalAccountId", NameCharsMax) is null,
            ObfuscatedProfileId = fields.AnyText("obfuscatedExternalProfileId", NameCharsMax),
        };
        fault = fields.Faults.Count == 0 ? null : fields.Faults[0];
        return fault is null;
    }

    /// <summary>The purchase as a payment, whichever order it is for.</summary>
    public Payment PaymentOf(string token, string? productId) => new()
    {
        Channel = GoogleChannel.ChannelName,
        Environment = Environment,
        TransactionId = token,
        StoreOrderId = OrderId,
        ProductId = productId,
        Quantity = Quantity,
        PurchasedMs = PurchaseTimeMs,
    };
}
