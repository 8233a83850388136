using OrderCenter.Domain;

namespace OrderCenter.Orders.Creation;

/// <summary>The order that a game requests. The endpoint that received it has checked the fields.</summary>
public sealed record NewOrder
{
    public required string ProductId { get; init; }
    public string ProductName { get; init; } = "";
    public required Money Money { get; init; }
    public required string Currency { get; init; }
    public required string UserId { get; init; }
    public int Quantity { get; init; } = 1;
    public string? MerchantOrderId { get; init; }
    public string? Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Order.EmptyAttributes;

    /// <summary>The idempotency key of the request, if the game gives no merchant order id.</summary>
    public string? RequestKey { get; init; }

    /// <summary>Whether the order waits for its result or payment without a limit, since the merchant settles in advance.</summary>
    public bool NeverExpires { get; init; }

    /// <summary>The content that must be the same if the game repeats its merchant order id: one string per field.</summary>
    public required IReadOnlyList<string> Content { get; init; }

    /// <summary>Set by protocols whose signature does not delimit fields, so that one signature fits several messages: such a signature may
    /// create one order only. Null: the signature proves its content.</summary>
    public OrderSignature? Signature { get; init; }
}
