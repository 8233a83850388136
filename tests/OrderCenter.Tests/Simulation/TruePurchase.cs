using OrderCenter.Domain;

namespace OrderCenter.Tests.Simulation;

/// <summary>A purchase in the books of its store: what truly happened, whoever was told of it.</summary>
internal sealed class TruePurchase
{
    public required string Channel { get; init; }
    public required string TransactionId { get; init; }

    /// <summary>What the store took; for stores that say no amount, the order's.</summary>
    public required Money Money { get; init; }

    /// <summary>Whether amount and quantity are the order's. What is not must never be delivered for.</summary>
    public required bool IsRight { get; init; }

    /// <summary>Orders that it was presented for; at those stores where the store names the order, that one.</summary>
    public HashSet<OrderId> Orders { get; } = [];

    /// <summary>The store's newest word, by its own clock.</summary>
    public bool IsRefunded { get; set; }

    /// <summary>What went back in parts.</summary>
    public Money PartsBack { get; set; }

    /// <summary>What went back by the store's own books; null: only <see cref="PartsBack"/> says.</summary>
    public Func<Money>? InBooks { get; set; }

    /// <summary>Whether the store says of a refund of all only that it was all.</summary>
    public bool IsToldWithoutSum { get; set; }

    /// <summary>Whether the store knows that it was delivered; null: it wants no report.</summary>
    public Func<bool>? IsReported { get; set; }

    public Money Back => InBooks?.Invoke() ?? PartsBack;

    public bool IsGivenBack => IsRefunded || (Back > Money.Zero && Back >= Money);
}
