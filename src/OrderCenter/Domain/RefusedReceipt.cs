namespace OrderCenter.Domain;

/// <summary>A receipt, or a payment that a store reported, that did not pay its order. A repeated refusal is counted.</summary>
public sealed record RefusedReceipt
{
    /// <summary>The longest number that is kept of a receipt that is not proven: anybody may write one.</summary>
    public const int ClaimedCharsMax = 256;

    public const int ReasonCharsMax = 256;

    public required OrderId OrderId { get; init; }

    /// <summary>Whether the store attests the purchase. False: the receipt claims the numbers, and they may be invented.</summary>
    public bool IsAuthentic { get; init; }

    /// <summary>The channel's name; null: the receipt has the shape of none.</summary>
    public string? Channel { get; init; }

    /// <summary>As <see cref="Payment.Environment"/>; null: not known.</summary>
    public string? Environment { get; init; }

    /// <summary>As <see cref="Payment.TransactionId"/>; null: the receipt names none.</summary>
    public string? TransactionId { get; init; }

    /// <summary>As <see cref="Payment.StoreOrderId"/>.</summary>
    public string? StoreOrderId { get; init; }

    public string? ProductId { get; init; }

    /// <summary>At most <see cref="ReasonCharsMax"/> characters.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was refused first, Unix milliseconds.</summary>
    public required long FirstMs { get; init; }

    /// <summary>When it was refused last, Unix milliseconds.</summary>
    public required long LastMs { get; init; }

    /// <summary>How often it was refused.</summary>
    public long Count { get; init; } = 1;

    public static RefusedReceipt Of(OrderId orderId, Payment payment, string reason, long nowMs) => new()
    {
        OrderId = orderId,
        IsAuthentic = true,
        Channel = payment.Channel,
        Environment = payment.Environment,
        TransactionId = payment.TransactionId,
        StoreOrderId = payment.StoreOrderId,
        ProductId = Cut(payment.ProductId),
        Reason = Cut(reason)!,
        FirstMs = nowMs,
        LastMs = nowMs,
    };

    public static RefusedReceipt OfUnverified(
        OrderId orderId, string? channel, string? transactionId, string? storeOrderId, string? productId,
        string reason, long nowMs) => new()
    {
        OrderId = orderId,
        Channel = channel,
        TransactionId = Cut(transactionId),
        StoreOrderId = Cut(storeOrderId),
        ProductId = Cut(productId),
        Reason = Cut(reason)!,
        FirstMs = nowMs,
        LastMs = nowMs,
    };

    /// <summary>The ids of the purchase, in one line, for the log.</summary>
    public string Identifiers
    {
        get
        {
            var ids = string.Join(
                ' ', new[] { Channel, TransactionId, StoreOrderId }.Where(text => text is not null).Select(text => Cut(text)));
            return ids.Length == 0 ? "no number" : $"{ids}, {(IsAuthentic ? "authentic" : "not proven")}";
        }
    }

    /// <summary>One line of bounded length: what is not proven may hold anything.</summary>
    private static string? Cut(string? text) =>
        text is null ? null : string.Concat(text.Take(ClaimedCharsMax).Select(character => char.IsControl(character) ? ' ' : character));
}
