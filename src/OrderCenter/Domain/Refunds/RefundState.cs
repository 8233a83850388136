namespace OrderCenter.Domain.Refunds;

/// <summary>How far a refund is. Numbers as stored.</summary>
public enum RefundState
{
    /// <summary>Written before the store was called, or accepted by the store, whose end is awaited.</summary>
    Asked = 0,

    /// <summary>The money is given back.</summary>
    Done = 1,

    /// <summary>The store says that it is not given back; the same number may be asked for again.</summary>
    Failed = 2,

    /// <summary>The store gave no answer that says; it is asked again by the refund's number.</summary>
    Unknown = 3,

    /// <summary>Failed, and the store has ended this number for good.</summary>
    Closed = 4,

    /// <summary>It was done, and the store has taken it back.</summary>
    Reversed = 5,
}
