using System.Diagnostics.CodeAnalysis;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>INAPP_PURCHASE_DATA, read after its signature was found good (anchors/payments.md, "Google Play").</summary>
internal sealed record PurchaseData
{
    /// <summary>Google's own are some 150; more than this would not fit into an index.</summary>
    public const int TokenCharsMax = 2048;
    private const int NameCharsMax = 512;

    public required string PackageName { get; init; }
    public required string ProductId { get; init; }

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
            ProductId = fields.NeededText("productId", NameCharsMax) ?? "",
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
}
