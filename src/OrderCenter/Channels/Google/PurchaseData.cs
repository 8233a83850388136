using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>INAPP_PURCHASE_DATA, read after its signature was found good (anchors/payments.md, "Google Play").</summary>
internal sealed record PurchaseData
{
    /// <summary>Google's own are some 150; more than this would not fit into an index.</summary>
    public const int TokenCharsMax = 2048;
    private const int NameCharsMax = 512;
    private const int ProductsMax = 100;

    public required string PackageName { get; init; }
    /// <summary>What was bought; more than one: each pays an order of its own.</summary>
    public required IReadOnlyList<string> ProductIds { get; init; }

    /// <summary>Names the purchase all over Google Play.</summary>
    public required string PurchaseToken { get; init; }

    /// <summary><c>GPA.…</c>; null where it is absent or empty, as with promotional codes.</summary>
    public string? OrderId { get; init; }

    /// <summary>0 purchased, 1 cancelled, 2 pending; absent means 0.</summary>
    public long PurchaseState { get; init; }

    public int Quantity { get; init; } = 1;

    /// <summary>Unix milliseconds.</summary>
    public long? PurchaseTimeMs { get; init; }

    /// <summary>The player, as the game named him to Google; null where it is absent or empty.</summary>
    public string? ObfuscatedAccountId { get; init; }

    /// <summary>Whether a player is named in a way that cannot be read.</summary>
    public bool IsAccountUnread { get; init; }

    /// <summary>The product of this purchase that an order is for; else the first.</summary>
    public string ProductFor(Order order) => ProductIds.Contains(order.ProductId) ? order.ProductId : ProductIds[0];

    /// <summary>Reads the signed bytes, or says what is wrong with them.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out PurchaseData? purchase, [NotNullWhen(false)] out string? fault)
    {
        purchase = null;
        if (!JsonFieldReader.TryParse(utf8, out var fields, out fault))
        {
            return false;
        }
        purchase = new PurchaseData
        {
            PackageName = fields.NeededText("packageName", NameCharsMax) ?? "",
            ProductIds = Products(fields),
            PurchaseToken = fields.NeededText("purchaseToken", TokenCharsMax) ?? "",
            OrderId = fields.AnyText("orderId", NameCharsMax),
            PurchaseState = fields.GivenInteger("purchaseState", 0, int.MaxValue) ?? 0,
            Quantity = (int)(fields.GivenInteger("quantity", 1, int.MaxValue) ?? 1),
            PurchaseTimeMs = fields.AnyTime("purchaseTime"),
            ObfuscatedAccountId = fields.AnyText("obfuscatedAccountId", NameCharsMax),
            IsAccountUnread = fields.IsGiven("obfuscatedAccountId") && fields.AnyText("obfuscatedAccountId", NameCharsMax) is null,
        };
        if (fields.Faults.Count == 0)
        {
            return true;
        }
        purchase = null;
        fault = fields.Faults[0];
        return false;
    }

    /// <summary><c>productId</c>, or <c>productIds</c> of a purchase of several.</summary>
    private static IReadOnlyList<string> Products(JsonFieldReader fields)
    {
        if (fields.Element("productIds") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            return [fields.NeededText("productId", NameCharsMax) ?? ""];
        }
        var products = new List<string>();
        foreach (var item in list.EnumerateArray().Take(ProductsMax + 1))
        {
            if (AuthenticFields.TextOf(item) is not { Length: > 0 and <= NameCharsMax } product || products.Contains(product)
                || products.Count == ProductsMax)
            {
                fields.AddFault($"productIds must be a list of at most {ProductsMax} products, each once");
                return [""];
            }
            products.Add(product);
        }
        return products;
    }
}
