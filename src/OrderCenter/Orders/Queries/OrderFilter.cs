using OrderCenter.Domain;

namespace OrderCenter.Orders.Queries;

/// <summary>The conditions of a search; null: none.</summary>
public sealed record OrderFilter
{
    /// <summary>The games whose orders may be found.</summary>
    public GameLimit Games { get; init; } = GameLimit.None;

    public Progress? Progress { get; init; }
    public PayState? PayState { get; init; }
    public string? UserId { get; init; }
    public string? MerchantOrderId { get; init; }
    public string? TransactionId { get; init; }

    /// <summary>Created at or after, Unix milliseconds.</summary>
    public long? FromMs { get; init; }

    /// <summary>Created before, Unix milliseconds.</summary>
    public long? ToMs { get; init; }

    /// <summary>Whether an order meets every condition but the ids, and comes after the cursor.</summary>
    internal bool Matches(Order order, OrderCursor? after) =>
        Games.Allows(order.GameId)
        && (Progress is null || order.State.Progress == Progress)
        && (PayState is null || order.State.Pay == PayState)
        && (UserId is null || order.UserId == UserId)
        && (FromMs is null || order.CreatedMs >= FromMs)
        && (ToMs is null || order.CreatedMs < ToMs)
        && (after is not { } cursor || order.CreatedMs < cursor.CreatedMs
            || (order.CreatedMs == cursor.CreatedMs && string.CompareOrdinal(order.Id.Value, cursor.OrderId.Value) < 0));
}
