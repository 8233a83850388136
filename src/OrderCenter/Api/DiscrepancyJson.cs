namespace OrderCenter.Api;

/// <summary>A difference; <c>actions</c> are those that fit it.</summary>
internal sealed record DiscrepancyJson(
    long Number, string Kind, string? TransactionId, string? OrderId, string? ProductId, DiscrepancySideJson? Theirs,
    DiscrepancySideJson? Ours, DateTime? At, long? Line, string Detail,
    IReadOnlyList<string> Actions, ResolutionJson? Repair);
