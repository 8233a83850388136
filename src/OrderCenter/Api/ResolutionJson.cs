namespace OrderCenter.Api;

/// <summary>What was done about a difference. <c>state</c> is open (it was refused), begun or done.</summary>
internal sealed record ResolutionJson(string State, string? Action, string? Actor, string? Reason, DateTime? At, string? Outcome);
