using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>A purchase as Google's server tells of it (anchors/payments.md, "Online").</summary>
internal sealed record OnlinePurchase
{
    private const int NameCharsMax = 512;
    private const int TypeTest = 0;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long TimeMsMax = 253_402_300_799_999;

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
    public string? ObfuscatedProfileId { get; init; }

    public string Environment => IsTest ? Payment.Sandbox : Payment.Production;

    /// <summary>Reads <c>purchases.products</c>; 64-bit numbers are strings there. A state that is not told is no purchase.</summary>
    public static bool TryRead(Fields fields, [NotNullWhen(true)] out OnlinePurchase? purchase, [NotNullWhen(false)] out string? fault)
    {
        if (!fields.Has("purchaseState"))
        {
            fields.Note("purchaseState is missing");
        }
        purchase = new OnlinePurchase
        {
            State = fields.Integer("purchaseState", 0, int.MaxValue) ?? -1,
            IsAcknowledged = fields.Integer("acknowledgementState", 0, int.MaxValue) == 1,
            IsConsumed = fields.Integer("consumptionState", 0, int.MaxValue) == 1,
            IsTest = fields.Integer("purchaseType", 0, int.MaxValue) == TypeTest,
            Quantity = (int)(fields.Integer("quantity", 1, int.MaxValue) ?? 1),
            OrderId = NullIfEmpty(fields.TextOrEmpty("orderId", NameCharsMax)),
            PurchaseTimeMs = Time(fields),
            ObfuscatedAccountId = NullIfEmpty(fields.TextOrEmpty("obfuscatedExternalAccountId", NameCharsMax)),
            ObfuscatedProfileId = NullIfEmpty(fields.TextOrEmpty("obfuscatedExternalProfileId", NameCharsMax)),
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

    private static long? Time(Fields fields)
    {
        if (fields.Element("purchaseTimeMillis") is not { } element)
        {
            return null;
        }
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : element.GetRawText();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= TimeMsMax)
        {
            return ms;
        }
        fields.Note("purchaseTimeMillis must be Unix milliseconds");
        return null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
