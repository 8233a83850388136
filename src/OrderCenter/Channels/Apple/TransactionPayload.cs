using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>The payload of a verified JWS transaction (anchors/payments.md, "Payload").</summary>
internal sealed record TransactionPayload
{
    public const string AutoRenewable = "Auto-Renewable Subscription";
    public const string Purchased = "PURCHASED";

    private const string Prorated = "REFUND_PRORATED";

    /// <summary>All of a transaction, in thousandths of a percent.</summary>
    public const long WholeShare = 100_000;

    private const int NameCharsMax = 512;
    /// <summary>The longest number of a transaction that is read.</summary>
    public const int IdCharsMax = 128;

    /// <summary>The most that <see cref="Domain.Money"/> holds, in thousandths of the unit.</summary>
    private const long PriceMax = 99_999_999_999_999_999;

    public required string BundleId { get; init; }
    public required string ProductId { get; init; }
    public required string TransactionId { get; init; }
    public string? OriginalTransactionId { get; init; }
    public required string Environment { get; init; }
    public string? Type { get; init; }

    /// <summary>Whether the transaction was refunded or revoked, in whole or in part. The date's mere presence says so, whatever it holds,
    /// and so does <c>revocationType</c>; both are absent again once the refund is reversed.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>How much of the transaction was refunded, in thousandths of a percent: 1 to <see cref="WholeShare"/>. Null: it is absent
    /// (then it is all, unless the type says that it is a part), or it cannot be read.</summary>
    public long? RevokedShare { get; init; }

    /// <summary>Whether there is a share that cannot be read, or none where there must be one: then it is not known how much was
    /// refunded.</summary>
    public bool IsShareUnclear { get; init; }

    /// <summary>Whether what went back, if anything did, is all: the share says so, or there is none.</summary>
    public bool IsShareWhole => !IsShareUnclear && RevokedShare is null or WholeShare;

    /// <summary>What keeps the transaction from paying: a member that is needed for that and cannot be read. Null: nothing. A refund needs
    /// none of them. </summary>
    public string? PayFault { get; init; }

    /// <summary>Why the player cannot be compared: an <c>appAccountToken</c> that is no UUID. Null: it is one, or is absent.</summary>
    public string? TokenFault { get; init; }

    public string? OwnershipType { get; init; }
    public int Quantity { get; init; } = 1;

    /// <summary>The player, as the game named him to Apple.</summary>
    public Guid? AppAccountToken { get; init; }

    /// <summary>For the whole quantity, after discounts (Apple's "price": "shows the total amount of the transaction for the quantity the
    /// customer purchased").</summary>
    public Money? Price { get; init; }

    public string? Currency { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? PurchasedMs { get; init; }

    /// <summary>When Apple signed it, Unix milliseconds: as of then it is true.</summary>
    public long? SignedMs { get; init; }

    /// <summary>The refunded part of the price, exactly, but for what is below 0.0001 of the currency's unit, which is left out: a sum of
    /// parts never exceeds what was paid. Null: the price or the share is absent.</summary>
    public Money? RevokedMoney() =>
        Price is { AmountE4: > 0 } price && RevokedShare is { } share
            && (long)((decimal)price.AmountE4 * share / WholeShare) is > 0 and var part ? new Money(part) : null;

    /// <summary>Reads the payload. Null where it does not say which transaction of which app it is; the fields note why.</summary>
    public static TransactionPayload? Read(JsonFieldReader payload)
    {
        var bundleId = payload.NeededText("bundleId", NameCharsMax);
        var transactionId = payload.NeededText("transactionId", IdCharsMax);
        var environment = payload.NeededText("environment", NameCharsMax);
        if (bundleId is null || transactionId is null || environment is null)
        {
            return null;
        }
        var known = payload.Faults.Count;
        var productId = payload.NeededText("productId", NameCharsMax);
        var originalId = payload.GivenText("originalTransactionId", IdCharsMax);
        var ownership = payload.GivenText("inAppOwnershipType", NameCharsMax);
        var quantity = payload.GivenInteger("quantity", 1, int.MaxValue);
        var payFault = payload.Faults.Skip(known).FirstOrDefault();
        var (token, tokenFault) = Token(payload);
        var share = payload.AnyInteger("revocationPercentage", 1, WholeShare);
        var type = payload.AnyText("revocationType", NameCharsMax);
        var isShareUnclear = share is null && (payload.IsGiven("revocationPercentage") || type == Prorated);
        return new TransactionPayload
        {
            BundleId = bundleId,
            ProductId = productId ?? "",
            TransactionId = transactionId,
            OriginalTransactionId = originalId,
            Environment = environment,
            Type = payload.AnyText("type", NameCharsMax),
            IsRevoked = payload.Has("revocationDate") || share is not null || type is Prorated or "REFUND_FULL" or "FAMILY_REVOKE"
                || (isShareUnclear && payload.AnyNumber("revocationPercentage") != 0),
            RevokedShare = share,
            IsShareUnclear = isShareUnclear,
            OwnershipType = ownership,
            Quantity = (int)(quantity ?? 1),
            AppAccountToken = token,
            Price = PriceOf(payload),
            Currency = payload.AnyText("currency", NameCharsMax) is { } currency && Domain.Currency.IsValid(currency) ? currency : null,
            PurchasedMs = payload.AnyTime("purchaseDate"),
            SignedMs = payload.AnyTime("signedDate"),
            PayFault = payFault,
            TokenFault = tokenFault,
        };
    }

    private static (Guid? Token, string? Fault) Token(JsonFieldReader payload)
    {
        if (!payload.IsGiven("appAccountToken"))
        {
            return (null, null);
        }
        return Guid.TryParseExact(payload.AnyText("appAccountToken", NameCharsMax), "D", out var token)
            ? (token, null)
            : (null, "appAccountToken must be a UUID");
    }

    /// <summary>Thousandths of the unit; null where it is none that can be kept exactly.</summary>
    private static Money? PriceOf(JsonFieldReader payload) =>
        payload.AnyNumber("price") is >= 0 and <= PriceMax and { } thousandths && decimal.IsInteger(thousandths * 10)
            ? new Money((long)(thousandths * 10))
            : null;
}
