namespace OrderCenter.Api.Work;

/// <summary>What needs a person.</summary>
/// <param name="Items">By game, ascending; a game that needs nobody has no item.</param>
/// <param name="IsMore">Whether games are missing because too much is open.</param>
internal sealed record WorkJson(IReadOnlyList<GameWorkJson> Items, bool IsMore);

/// <summary>What of a game needs a person, as counts; each stops at 10,000.</summary>
internal sealed record GameWorkJson
{
    /// <summary>Null: notifications and alerts that belong to no game; only for callers who are not limited to games.</summary>
    public required long? GameId { get; init; }

    /// <summary>Orders held for review.</summary>
    public required long HeldOrders { get; init; }

    public required long ExhaustedCallbacks { get; init; }

    /// <summary>Callbacks that wait because the app is disabled or has no secret.</summary>
    public required long HeldCallbacks { get; init; }

    /// <summary>Authentic payments that paid nothing here: until a person has released, closed, refunded or marked paid their order or
    /// has settled them, or the store has given the money back.</summary>
    public required long UnappliedPayments { get; init; }

    /// <summary>Notifications of payments or refunds that no order claims.</summary>
    public required long UnclaimedNotifications { get; init; }

    /// <summary>Notifications that could not be processed.</summary>
    public required long FailedNotifications { get; init; }

    /// <summary>Questions of a store about a refund that wait for an answer.</summary>
    public required IReadOnlyList<RefundQuestionJson> RefundQuestions { get; init; }

    /// <summary>Differences of reconciliations that are not repaired.</summary>
    public required long Differences { get; init; }

    /// <summary>Products of cards that paid orders wait for.</summary>
    public required long LowStock { get; init; }

    /// <summary>Alerts that are open, acknowledged or not (<c>GET /alerts?state=open</c>).</summary>
    public required long OpenAlerts { get; init; }

    /// <summary>When the oldest callback was queued that waits for an attempt; null: none waits.</summary>
    public required DateTime? OldestWaitingCallbackAt { get; init; }

    /// <summary>Whether there is more than one of the counts says.</summary>
    public required bool IsMore { get; init; }
}

/// <summary>A store's question about a refund.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Deadline">Until when the store takes the answer.</param>
internal sealed record RefundQuestionJson(string OrderId, DateTime Deadline);
