namespace OrderCenter.Api.Alerts;

/// <summary>What came of a test message.</summary>
/// <param name="Delivered">Whether the sink took it.</param>
/// <param name="Fault">Why it did not; null: it did.</param>
internal sealed record AlertTestJson(bool Delivered, string? Fault);
