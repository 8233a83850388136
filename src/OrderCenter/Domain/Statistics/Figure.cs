namespace OrderCenter.Domain.Statistics;

/// <summary>What is counted of an order. Numbers as stored.</summary>
public enum Figure
{
    /// <summary>In the hour of its creation.</summary>
    Created = 0,

    /// <summary>In the hour of its payment, also after a refund.</summary>
    Paid = 1,

    /// <summary>In the hour of its refund, while it is refunded.</summary>
    Refunded = 2,

    /// <summary>In the hour of its delivery, also after a refund.</summary>
    Delivered = 3,
}
