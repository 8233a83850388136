namespace OrderCenter.Domain;

/// <summary>How far the goods are. The numbers are the wire's <c>state</c> (protocols.md, introduction).</summary>
public enum Progress
{
    Created = 0,
    Delivered = 1,

    /// <summary>The callback is being sent.</summary>
    Delivering = 2,

    /// <summary>Every attempt of the callback failed, or the final result is failure.</summary>
    Failed = 3,

    /// <summary>Closed, expired, or refunded before delivery.</summary>
    Closed = 4,

    /// <summary>Held for review by a person.</summary>
    Review = 5,
}
