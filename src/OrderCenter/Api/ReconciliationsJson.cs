using System.Text.Json;
using OrderCenter.Store;

namespace OrderCenter.Api;

/// <summary>A reconciliation. <c>state</c> is receiving, matching or done; <c>progress</c> is percent.</summary>
internal sealed record ReconciliationAnswerJson(
    string Id, string Channel, long GameId, string Day, string LastDay, string Format, string? Sha256, string State, int Progress, ReconciliationCounts Counts, long Differences, string Actor,
    DateTime CreatedAt, DateTime? FinishedAt);

/// <summary>A difference; <c>actions</c> are those that fit it.</summary>
internal sealed record DifferenceJson(
    long Number, string Kind, string? TransactionId, string? OrderId, string? ProductId, SideJson? Theirs, SideJson? Ours, DateTime? At, long? Line, string Detail,
    IReadOnlyList<string> Actions, RepairJson? Repair);

/// <summary>What a side says: an amount, or the number of pieces, or both.</summary>
internal sealed record SideJson(string? Money, string? Currency, long? Units);

/// <summary>What was done about a difference. <c>state</c> is open (it was refused), begun or done.</summary>
internal sealed record RepairJson(string State, string? Action, string? Actor, string? Reason, DateTime? At, string? Outcome);

/// <summary>Body of a repair. <c>orderId</c> names the order where the difference knows none.</summary>
internal sealed record RepairAskedJson
{
    public string? Action { get; init; }
    public string? Reason { get; init; }
    public string? OrderId { get; init; }
}
