namespace OrderCenter.Model;

/// <summary>How far a store's notification is. Numbers as stored.</summary>
public enum NoticeState
{
    /// <summary>Not read yet, or to be read again.</summary>
    Waiting = 0,

    /// <summary>An order is as it says, by it or before it.</summary>
    Applied = 1,

    /// <summary>It says nothing that an order's state depends on.</summary>
    Ignored = 2,

    /// <summary>A payment, or its refund, that no order claims.</summary>
    Unclaimed = 3,

    /// <summary>A payment that pays nothing (a second one for its order, or one that another order has used), or a refund that moves nothing (of a part).</summary>
    Unapplied = 4,

    /// <summary>Its order is held for review.</summary>
    Held = 5,

    /// <summary>It could not be read however often it was tried; it waits for a person.</summary>
    Failed = 6,
}

/// <summary>A store's notification as it stands in the inbox, without what it holds.</summary>
public sealed record Notice
{
    /// <summary>Our name of it, made from channel, app and the store's own id: the same notification has the same name however often it comes.</summary>
    public required string Key { get; init; }

    public required string Channel { get; init; }
    public required long GameId { get; init; }

    /// <summary>The store's own id.</summary>
    public required string NoticeId { get; init; }

    /// <summary>When it came first, Unix milliseconds.</summary>
    public required long ReceivedMs { get; init; }

    /// <summary>How often it came.</summary>
    public int Seen { get; init; } = 1;

    public NoticeState State { get; init; }

    /// <summary>How often its reading was begun. The next write says it again, so that of two readers one records.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>When it is read next, Unix milliseconds; null: it is done.</summary>
    public long? DueMs { get; init; }

    /// <summary>What came of it, in words.</summary>
    public string? Outcome { get; init; }

    /// <summary>The order that it touched; null: none.</summary>
    public OrderId? OrderId { get; init; }

    /// <summary>The purchase that it is about, by the store's number; null: none.</summary>
    public string? TransactionId { get; init; }

    public long? DoneMs { get; init; }
}

/// <summary>An inquiry that is to be made at a store: whether an order was paid, or whether a receipt that could not be judged is good.</summary>
public sealed record StoreAsk
{
    public required OrderId OrderId { get; init; }

    /// <summary>Which inquiry of the order: one without a receipt, or one for each receipt.</summary>
    public required string Key { get; init; }

    public required long GameId { get; init; }

    /// <summary>The channel that is asked; null: the receipt's shape says it.</summary>
    public string? Channel { get; init; }

    /// <summary>The receipt, sealed; null: the store is asked about the order's own number.</summary>
    public string? Sealed { get; init; }

    /// <summary>How often the store was asked.</summary>
    public int Asked { get; init; }

    public required long SinceMs { get; init; }

    /// <summary>When it is asked next; null: no more by itself.</summary>
    public required long? DueMs { get; init; }

    /// <summary>What the store said last.</summary>
    public string? Outcome { get; init; }
}
