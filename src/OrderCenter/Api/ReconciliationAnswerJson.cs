using OrderCenter.Reconciliation;

namespace OrderCenter.Api;

/// <summary>A reconciliation. <c>state</c> is receiving, matching or done; <c>progress</c> is percent. <c>differences</c> is how many were
/// found, <c>open</c> how many of them are not repaired; <c>account</c> is the channel's account whose statement it is, where the app has
/// several.</summary>
internal sealed record ReconciliationAnswerJson(
    string Id, string Channel, long GameId, string Day, string LastDay, string Format, string? Sha256, string State, int Progress,
    ReconciliationCounts Counts, long Differences, long Open, string Actor,
    DateTime CreatedAt, DateTime? FinishedAt, string? Account);
