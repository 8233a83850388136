namespace OrderCenter.OpenWork;

/// <summary>What of a game needs a person. Each count stops at 10,000.</summary>
/// <param name="GameId">The game; 0: what belongs to none.</param>
public sealed record GameWork(long GameId)
{
    /// <summary>Orders held for review.</summary>
    public long HeldOrders { get; init; }

    public long ExhaustedCallbacks { get; init; }

    /// <summary>Callbacks that wait because their app is disabled or has no secret.</summary>
    public long HeldCallbacks { get; init; }

    /// <summary>Authentic payments that paid nothing here, whose order nobody has decided about since, and whose money the store has not
    /// given back.</summary>
    public long UnappliedPayments { get; init; }

    /// <summary>Notifications of payments or refunds that no order claims.</summary>
    public long UnclaimedNotifications { get; init; }

    /// <summary>Notifications that could not be processed.</summary>
    public long FailedNotifications { get; init; }

    /// <summary>Questions of stores about refunds that a person has to answer, the most urgent first; at most 1,000 of all games.</summary>
    public IReadOnlyList<OpenRefundQuestion> RefundQuestions { get; init; } = [];

    /// <summary>Discrepancies of reconciliations that are not resolved.</summary>
    public long Differences { get; init; }

    /// <summary>Products of cards that paid orders wait for.</summary>
    public long LowStock { get; init; }

    /// <summary>Alerts that are open.</summary>
    public long OpenAlerts { get; init; }

    /// <summary>Another number whenever one of them is opened, told of again, acknowledged or over.</summary>
    public long AlertsMark { get; init; }

    /// <summary>When the oldest callback was queued that waits for an attempt, Unix milliseconds; null: none waits.</summary>
    public long? OldestWaitingMs { get; init; }

    /// <summary>Whether there is more than one of the counts says.</summary>
    public bool IsMore { get; init; }
}
