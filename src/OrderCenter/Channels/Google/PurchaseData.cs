using System.Diagnostics.CodeAnalysis;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>INAPP_PURCHASE_DATA, read after its signature was found good (anchors/payments.md, "Google Play").</summary>
internal sealed record PurchaseData
{
    /// <summary>Google's own are some 150; more than this would not fit into an index.</summary>
    public const int TokenCharsMax = 2048;
    private const int NameCharsMax = 512;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long TimeMsMax = 253_402_300_799_999;

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

    /// <summary>The player, as the game told Google; null where it is absent or empty.</summary>
    public string? ObfuscatedAccountId { get; init; }

    /// <summary>Reads the signed bytes, or says what is wrong with them.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out PurchaseData? purchase, [NotNullWhen(false)] out string? fault)
    {
        purchase = null;
        if (!Fields.TryParse(utf8, out var fields, out fault))
        {
            return false;
        }
        purchase = new PurchaseData
        {
            PackageName = fields.RequiredText("packageName", NameCharsMax) ?? "",
            ProductId = fields.RequiredText("productId", NameCharsMax) ?? "",
            PurchaseToken = fields.RequiredText("purchaseToken", TokenCharsMax) ?? "",
            OrderId = NullIfEmpty(fields.TextOrEmpty("orderId", NameCharsMax)),
            PurchaseState = fields.Integer("purchaseState", 0, int.MaxValue) ?? 0,
            Quantity = (int)(fields.Integer("quantity", 1, int.MaxValue) ?? 1),
            PurchaseTimeMs = fields.Integer("purchaseTime", 0, TimeMsMax),
            ObfuscatedAccountId = NullIfEmpty(fields.TextOrEmpty("obfuscatedAccountId", NameCharsMax)),
        };
        if (fields.Faults.Count == 0)
        {
            return true;
        }
        purchase = null;
        fault = fields.Faults[0];
        return false;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
