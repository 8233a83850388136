using OrderCenter.Domain;
using OrderCenter.Persistence.Lists;

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
    public string? Channel { get; init; }
    public string? ProductId { get; init; }

    /// <summary>As <see cref="Order.RoleAttribute"/>.</summary>
    public string? RoleId { get; init; }

    /// <summary>As <see cref="Order.ServerAttribute"/>.</summary>
    public string? ServerId { get; init; }

    public bool? IsTest { get; init; }

    /// <summary>Only orders with payments that they did not take and that somebody has to look at.</summary>
    public bool HasOpenPayments { get; init; }

    /// <summary>The least price, whatever the currency.</summary>
    public Money? MoneyFrom { get; init; }

    /// <summary>The highest price.</summary>
    public Money? MoneyTo { get; init; }

    /// <summary>Created at or after, Unix milliseconds.</summary>
    public long? FromMs { get; init; }

    /// <summary>Created before, Unix milliseconds.</summary>
    public long? ToMs { get; init; }

    /// <summary>Whether an order meets every condition but the ids, and comes behind a place.</summary>
    internal bool Matches(Order order, ListKey? after) =>
        Games.Allows(order.GameId)
        && (Progress is null || order.State.Progress == Progress)
        && (PayState is null || order.State.Pay == PayState)
        && (UserId is null || order.UserId == UserId)
        && (Channel is null || order.Channel == Channel)
        && (ProductId is null || order.ProductId == ProductId)
        && (RoleId is null || order.Attribute(Order.RoleAttribute) == RoleId)
        && (ServerId is null || order.Attribute(Order.ServerAttribute) == ServerId)
        && (IsTest is null || order.IsTest == IsTest)
        && (MoneyFrom is not { } least || order.Money >= least)
        && (MoneyTo is not { } highest || order.Money <= highest)
        && (FromMs is null || order.CreatedMs >= FromMs)
        && (ToMs is null || order.CreatedMs < ToMs)
        && (after is not { } place || place.IsNewerThan(new ListKey(order.CreatedMs, order.Id.Value)));
}
