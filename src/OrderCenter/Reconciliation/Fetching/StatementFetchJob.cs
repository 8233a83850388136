using OrderCenter.Payments.Statements;

namespace OrderCenter.Reconciliation.Fetching;

/// <summary>The statement of a store for a game and a period, fetched or to be fetched.</summary>
/// <param name="Id">Made of the owner and the period: a statement is fetched once.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Period">The days.</param>
/// <param name="State">How far it is.</param>
/// <param name="Failures">Tries since the last success or the last request of a person.</param>
/// <param name="Message">What the last try gave, for the operator; empty: not tried yet.</param>
/// <param name="ReconciliationId">The reconciliation of the statement; null: not fetched.</param>
/// <param name="DueMs">When it is tried next, Unix milliseconds; null: not any more.</param>
/// <param name="CreatedMs">Since when it is to be fetched, Unix milliseconds.</param>
/// <param name="UpdatedMs">When the last try ended, Unix milliseconds.</param>
/// <param name="Lease">The lease that a write belongs to.</param>
public sealed record StatementFetchJob(
    string Id, StatementOwner Owner, StatementPeriod Period, StatementFetchState State, int Failures, string Message,
    string? ReconciliationId, long? DueMs, long CreatedMs, long UpdatedMs, long Lease);
