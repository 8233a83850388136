namespace OrderCenter.Api.Alerts;

/// <summary>An alert.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Condition">The condition that held.</param>
/// <param name="English">What that is, in English.</param>
/// <param name="Chinese">The same in Chinese.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
/// <param name="Subject">What it is about within the condition: a game, an endpoint, a store, a node.</param>
/// <param name="GameId">Its game; null: it is of none.</param>
/// <param name="Value">The newest value while it was open.</param>
/// <param name="Threshold">From where on it holds.</param>
/// <param name="Unit">What both count.</param>
/// <param name="Detail">More about it.</param>
/// <param name="Runbook">The page of the documentation that says what to do.</param>
/// <param name="RaisedAt">When it was opened.</param>
/// <param name="SeenAt">When the condition held last, to within half a minute.</param>
/// <param name="Told">How often the sinks were told of it.</param>
/// <param name="ToldAgainAt">When they are told again; null: not any more.</param>
/// <param name="AcknowledgedAt">Since when somebody looks after it.</param>
/// <param name="AcknowledgedBy">Who.</param>
/// <param name="RecoveredAt">When it was over; null: it is open.</param>
internal sealed record AlertEntryJson(
    string Id, string Condition, string English, string Chinese, string Severity, string Subject, long? GameId, long Value,
    long Threshold, string Unit, string? Detail, string? Runbook, DateTime RaisedAt, DateTime SeenAt, int Told,
    DateTime? ToldAgainAt, DateTime? AcknowledgedAt, string? AcknowledgedBy, DateTime? RecoveredAt);
