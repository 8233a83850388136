namespace OrderCenter.Domain;

/// <summary>A write of a person or a token, for the audit log of the installation. Secrets are masked before they come here.</summary>
/// <param name="Action">What was done, as <c>app.change</c> or <c>order.refund</c>.</param>
/// <param name="GameId">The game that it is about; null: none.</param>
/// <param name="Target">What it was done to: an order, an operator, …; null: nothing that has a name.</param>
public sealed record AuditFact(string Action, long? GameId, string? Target)
{
    /// <summary>What it was before, as text or JSON; null: nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What it is now, as text or JSON; null: nothing.</summary>
    public string? After { get; init; }

    /// <summary>Why; null: no reason was asked for.</summary>
    public string? Reason { get; init; }
}
