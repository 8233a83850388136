namespace OrderCenter.Domain;

/// <summary>One order as the database holds it.</summary>
public sealed record Order
{
    public required OrderId Id { get; init; }
    public required long GameId { get; init; }

    /// <summary>The game's own order number (<c>orderID</c>, <c>codeNo</c>, <c>customer_order_no</c>): the idempotency key within the
    /// app. Null: none.</summary>
    public string? MerchantOrderId { get; init; }

    public required string ProductId { get; init; }
    public string ProductName { get; init; } = "";
    public required Money Money { get; init; }

    /// <summary>As sent by the game.</summary>
    public required string Currency { get; init; }

    public required string UserId { get; init; }
    public int Quantity { get; init; } = 1;

    /// <summary>The payment channel's name; null until it is known.</summary>
    public string? Channel { get; init; }

    /// <summary>The URL of this order's callback, where it is not the app's.</summary>
    public string? NotifyUrl { get; init; }

    /// <summary>What else the game sent and gets back, by the protocol's own field names.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = EmptyAttributes;

    public OrderState State { get; init; } = OrderState.New;

    /// <summary>Why the order is held or was closed; null otherwise.</summary>
    public string? StateReason { get; init; }

    /// <summary>Paid by a tester or in a store's sandbox: delivered, but not counted in statistics.</summary>
    public bool IsTest { get; init; }

    public required long CreatedMs { get; init; }
    public required long ExpiresMs { get; init; }
    public long? PaidMs { get; init; }
    public long? DeliveredMs { get; init; }

    /// <summary>When it was refunded last; null while it is not refunded.</summary>
    public long? RefundedMs { get; init; }

    /// <summary>When its player's personal data was erased; null: it was not.</summary>
    public long? ErasedMs { get; init; }

    /// <summary>How often the order had moved from state to state, or been refunded in part, when it was read.</summary>
    public int Moves { get; init; }

    /// <summary>How often a refund of it was asked for or recorded.</summary>
    public int Refunds { get; init; }

    /// <summary>The attribute with the player's role in the game, where its protocol sends one.</summary>
    public const string RoleAttribute = "roleID";

    /// <summary>The attribute with the game's server that the role is on, where its protocol sends one.</summary>
    public const string ServerAttribute = "serverID";

    public static readonly IReadOnlyDictionary<string, string> EmptyAttributes = new Dictionary<string, string>(StringComparer.Ordinal);

    public string Attribute(string name) => Attributes.GetValueOrDefault(name, "");
}
