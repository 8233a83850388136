using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>The payload of a verified JWS transaction (anchors/payments.md, "Payload").</summary>
internal sealed record TransactionPayload
{
    public const string AutoRenewable = "Auto-Renewable Subscription";
    public const string Purchased = "PURCHASED";
    private const int NameCharsMax = 512;
    private const int IdCharsMax = 128;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long TimeMsMax = 253_402_300_799_999;

    /// <summary>The most that <see cref="Model.Money"/> holds, in thousandths of the unit.</summary>
    private const long PriceMax = 99_999_999_999_999_999;

    public required string BundleId { get; init; }
    public required string ProductId { get; init; }
    public required string TransactionId { get; init; }
    public string? OriginalTransactionId { get; init; }
    public required string Environment { get; init; }
    public string? Type { get; init; }

    /// <summary>Whether the transaction was refunded or revoked. The field's mere presence says so, whatever it holds.</summary>
    public bool IsRevoked { get; init; }

    public string? OwnershipType { get; init; }
    public int Quantity { get; init; } = 1;

    /// <summary>The player, as the game told Apple.</summary>
    public Guid? AppAccountToken { get; init; }

    /// <summary>For the whole quantity, after discounts (Apple's "price": "shows the total amount of the transaction for the quantity the customer
    /// purchased").</summary>
    public Money? Price { get; init; }

    public string? Currency { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? PurchasedMs { get; init; }

    /// <summary>Reads the payload. Null where the fields note a fault.</summary>
    public static TransactionPayload? Read(Fields payload)
    {
        var transaction = new TransactionPayload
        {
            BundleId = payload.RequiredText("bundleId", NameCharsMax) ?? "",
            ProductId = payload.RequiredText("productId", NameCharsMax) ?? "",
            TransactionId = payload.RequiredText("transactionId", IdCharsMax) ?? "",
            OriginalTransactionId = payload.Text("originalTransactionId", IdCharsMax),
            Environment = payload.RequiredText("environment", NameCharsMax) ?? "",
            Type = payload.Text("type", NameCharsMax),
            IsRevoked = payload.Has("revocationDate"),
            OwnershipType = payload.Text("inAppOwnershipType", NameCharsMax),
            Quantity = (int)(payload.Integer("quantity", 1, int.MaxValue) ?? 1),
            AppAccountToken = Token(payload),
            Price = payload.Integer("price", 0, PriceMax) is { } thousandths ? new Money(thousandths * 10) : null,
            Currency = CurrencyOf(payload),
            PurchasedMs = payload.Integer("purchaseDate", 0, TimeMsMax),
        };
        return payload.Faults.Count == 0 ? transaction : null;
    }

    private static Guid? Token(Fields payload)
    {
        if (payload.Text("appAccountToken", NameCharsMax) is not { } text)
        {
            return null;
        }
        if (Guid.TryParseExact(text, "D", out var token))
        {
            return token;
        }
        payload.Note("appAccountToken must be a UUID");
        return null;
    }

    private static string? CurrencyOf(Fields payload)
    {
        if (payload.Text("currency", NameCharsMax) is not { } text)
        {
            return null;
        }
        if (Model.Currency.IsValid(text))
        {
            return text;
        }
        payload.Note($"currency must be {Model.Currency.Form}");
        return null;
    }
}
