using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>A purchase in an answer of Google's server (anchors/payments.md, "Online", "Changed since"): of <c>purchases.productsv2</c>,
/// which may hold several products, or of <c>purchases.products</c>.</summary>
internal sealed record OnlinePurchase
{
    public const int Purchased = 0;
    public const int Cancelled = 1;
    public const int Pending = 2;
    private const int Unknown = 3;
    private const int NameCharsMax = 512;
    private const int TypeTest = 0;

    /// <summary>More than anybody can put into one purchase.</summary>
    private const int LinesMax = 100;

    /// <summary>0 purchased, 1 cancelled, 2 pending; any other is none of these.</summary>
    public long State { get; init; }

    public bool IsAcknowledged { get; init; }

    /// <summary>Whether a licence tester bought it: no money was paid.</summary>
    public bool IsTest { get; init; }

    public string? OrderId { get; init; }
    public long? PurchaseTimeMs { get; init; }
    public string? ObfuscatedAccountId { get; init; }

    /// <summary>Whether a player is named in a way that cannot be read.</summary>
    public bool IsAccountUnread { get; init; }
    public string? ObfuscatedProfileId { get; init; }

    /// <summary>Its products, each once; at least one.</summary>
    public IReadOnlyList<PurchaseLine> Lines { get; init; } = [];

    public string Environment => IsTest ? Payment.Sandbox : Payment.Production;

    /// <summary>Reads either answer. Without a state it is no purchase.</summary>
    /// <param name="fields">The answer.</param>
    /// <param name="productId">What <c>purchases.products</c> was asked for; it does not say itself.</param>
    /// <param name="purchase">The purchase.</param>
    /// <param name="fault">What is wrong with the answer.</param>
    public static bool TryRead(
        JsonFieldReader fields, string productId, [NotNullWhen(true)] out OnlinePurchase? purchase, [NotNullWhen(false)] out string? fault)
    {
        var read = fields.Has("productLineItem") || fields.Has("purchaseStateContext") ? ReadLines(fields) : ReadProduct(fields, productId);
        if (fields.Faults.Count > 0)
        {
            (purchase, fault) = (null, fields.Faults[0]);
            return false;
        }
        fault = null;
        purchase = read with
        {
            OrderId = fields.AnyText("orderId", NameCharsMax),
            ObfuscatedAccountId = fields.AnyText("obfuscatedExternalAccountId", NameCharsMax),
            IsAccountUnread = fields.IsGiven("obfuscatedExternalAccountId")
                && fields.AnyText("obfuscatedExternalAccountId", NameCharsMax) is null,
            ObfuscatedProfileId = fields.AnyText("obfuscatedExternalProfileId", NameCharsMax),
        };
        return true;
    }

    /// <summary>The line of a product; null: there is none.</summary>
    public PurchaseLine? Find(string productId) => Lines.FirstOrDefault(line => line.ProductId == productId);

    /// <summary>A line as a payment, whichever order it is for.</summary>
    public Payment PaymentOf(string token, PurchaseLine line)
    {
        var product = Lines.Count > 1 ? line.ProductId : null;
        return new Payment
        {
            Channel = GoogleChannel.ChannelName,
            Environment = Environment,
            TransactionId = PurchaseName.Of(token, product),
            StoreOrderId = PurchaseName.Of(OrderId, product),
            ProductId = line.ProductId,
            Quantity = line.Quantity,
            PurchasedMs = PurchaseTimeMs,
        };
    }

    /// <summary><c>purchases.products</c>; 64-bit numbers are strings there.</summary>
    private static OnlinePurchase ReadProduct(JsonFieldReader fields, string productId)
    {
        if (!fields.IsGiven("purchaseState"))
        {
            fields.AddFault("purchaseState is missing");
        }
        var quantity = (int)(fields.GivenInteger("quantity", 1, int.MaxValue) ?? 1);
        return new OnlinePurchase
        {
            State = fields.GivenInteger("purchaseState", 0, int.MaxValue) ?? -1,
            IsAcknowledged = fields.AnyInteger("acknowledgementState", 0, int.MaxValue) == 1,
            IsTest = fields.GivenInteger("purchaseType", 0, int.MaxValue) == TypeTest,
            PurchaseTimeMs = fields.AnyTime("purchaseTimeMillis"),
            Lines =
            [
                new PurchaseLine(productId, quantity)
                {
                    IsConsumed = fields.GivenInteger("consumptionState", 0, int.MaxValue) == 1,
                    Refundable = (int?)fields.AnyInteger("refundableQuantity", 0, int.MaxValue),
                },
            ],
        };
    }

    /// <summary><c>purchases.productsv2</c>: states are names there, and the time is RFC 3339.</summary>
    private static OnlinePurchase ReadLines(JsonFieldReader fields)
    {
        var state = fields.AnyObject("purchaseStateContext")?.AnyText("purchaseState", NameCharsMax);
        if (state is null)
        {
            fields.AddFault("purchaseStateContext.purchaseState is missing");
        }
        var lines = new List<PurchaseLine>();
        if (fields.Element("productLineItem") is { ValueKind: JsonValueKind.Array } items && items.GetArrayLength() is > 0 and <= LinesMax)
        {
            foreach (var item in items.EnumerateArray())
            {
                Add(lines, fields, new JsonFieldReader(item));
            }
        }
        else
        {
            fields.AddFault($"productLineItem must be a list of 1 to {LinesMax} products");
        }
        return new OnlinePurchase
        {
            State = state switch { "PURCHASED" => Purchased, "CANCELLED" => Cancelled, "PENDING" => Pending, _ => Unknown },
            IsAcknowledged = fields.AnyText("acknowledgementState", NameCharsMax) == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED",
            IsTest = fields.IsGiven("testPurchaseContext"),
            PurchaseTimeMs = DateTimeOffset.TryParse(
                fields.AnyText("purchaseCompletionTime", NameCharsMax), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var at)
                ? at.ToUnixTimeMilliseconds()
                : null,
            Lines = lines,
        };
    }

    private static void Add(List<PurchaseLine> lines, JsonFieldReader fields, JsonFieldReader item)
    {
        var offer = item.AnyObject("productOfferDetails") ?? new JsonFieldReader(default);
        var productId = item.NeededText("productId", NameCharsMax);
        var quantity = offer.GivenInteger("quantity", 1, int.MaxValue);
        if (item.Faults.Concat(offer.Faults).FirstOrDefault() is { } fault)
        {
            fields.AddFault($"productLineItem: {fault}");
            return;
        }
        if (lines.Any(line => line.ProductId == productId))
        {
            fields.AddFault("productLineItem names a product twice");
            return;
        }
        lines.Add(new PurchaseLine(productId!, (int)(quantity ?? 1))
        {
            IsConsumed = offer.AnyText("consumptionState", NameCharsMax) == "CONSUMPTION_STATE_CONSUMED",
            Refundable = (int?)offer.AnyInteger("refundableQuantity", 0, int.MaxValue),
        });
    }
}
