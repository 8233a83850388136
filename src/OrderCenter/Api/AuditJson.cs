using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>An entry of the audit log.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Number">Its place in the chain, from 1 on; null: it is chained within a second.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Via">How he came in: <c>installation</c>, <c>token</c>, <c>session</c>, <c>sign-in</c> or <c>command</c>.</param>
/// <param name="Role">His role then.</param>
/// <param name="Address">Where from.</param>
/// <param name="Action">What was done.</param>
/// <param name="GameId">The game that it is about.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="From">What it was, as text or JSON, secrets masked.</param>
/// <param name="To">What it became, as text or JSON, secrets masked.</param>
/// <param name="Reason">Why.</param>
/// <param name="PreviousHash">The hash of the entry before it; empty: it is the first.</param>
/// <param name="Hash">Its own hash.</param>
internal sealed record AuditJson(
    string Id, long? Number, DateTime At, string Actor, string Via, string? Role, string? Address, string Action, long? GameId,
    string? Target, string? From, string? To, string? Reason, string? PreviousHash, string? Hash);

/// <summary>What recomputing the chain has found: how many entries are intact from the first on, and the first one that is not. Who is
/// limited to games learns only whether it is intact.</summary>
internal sealed record AuditVerdictJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Entries, bool Intact,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BrokenEntryJson? Broken = null);

/// <summary>The place of a broken entry, and what is wrong with it.</summary>
internal sealed record BrokenEntryJson(long Number, string Fault);
