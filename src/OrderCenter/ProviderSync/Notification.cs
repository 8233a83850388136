using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.ProviderSync;

/// <summary>A store's notification in the inbox, without headers and body.</summary>
public sealed record Notification
{
    /// <summary>Made from channel, app and the store's own id: the same notification has the same key however often it comes.</summary>
    public required string Key { get; init; }

    public required string Channel { get; init; }
    public required long GameId { get; init; }

    /// <summary>The store's own id.</summary>
    public required string NotificationId { get; init; }

    /// <summary>When it was received first, Unix milliseconds.</summary>
    public required long ReceivedMs { get; init; }

    /// <summary>How often it was received.</summary>
    public int Receptions { get; init; } = 1;

    public NotificationState State { get; init; }

    /// <summary>How often its processing was begun.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>The lease that a write belongs to, so that of two processors one records.</summary>
    public long Lease { get; init; }

    /// <summary>When it is processed next, Unix milliseconds; null: it is done.</summary>
    public long? DueMs { get; init; }

    /// <summary>The outcome, for the operator.</summary>
    public string? Outcome { get; init; }

    /// <summary>The order that it changed or names; null: none.</summary>
    public OrderId? OrderId { get; init; }

    /// <summary>The purchase that it is about, by the store's number; null: none.</summary>
    public string? TransactionId { get; init; }

    /// <summary>As <see cref="Payment.StoreOrderId"/>: the purchase's other name.</summary>
    public string? StoreOrderId { get; init; }

    /// <summary>The names of the other purchases that it tells of, such as the other products of one; none as a rule.</summary>
    public IReadOnlyList<string> MoreNames { get; init; } = [];

    public long? DoneMs { get; init; }
}
