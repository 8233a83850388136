namespace OrderCenter.Domain.Callbacks;

/// <summary>One attempt. In flight it has neither status nor duration; one whose node died ends with an error that says so.</summary>
public sealed record Attempt(
    int Number, long StartedMs, long? DurationMs, int? HttpStatus, string? Response, string? Error);
