namespace OrderCenter.Alerts.Settings;

/// <summary>What is set about a condition, in place of its own threshold.</summary>
/// <param name="Condition">The condition's name.</param>
/// <param name="GameId">Only for this game; null: for all that have nothing of their own.</param>
/// <param name="Threshold">In the condition's unit; null: its own.</param>
/// <param name="Disabled">Whether nobody is told.</param>
public sealed record AlertThreshold(string Condition, long? GameId, long? Threshold, bool Disabled);
