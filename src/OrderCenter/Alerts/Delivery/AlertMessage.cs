namespace OrderCenter.Alerts.Delivery;

/// <summary>What a sink is told: what was true when it was written.</summary>
public sealed record AlertMessage
{
    public required string AlertId { get; init; }

    /// <summary>The how many-eth telling of the alert.</summary>
    public required int Number { get; init; }

    /// <summary>As <see cref="AlertTexts.Telling"/> names it.</summary>
    public required string Event { get; init; }

    /// <summary>The name of the condition; of a test message <c>test</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>As <see cref="AlertTexts.Severity"/> names it.</summary>
    public required string Severity { get; init; }

    public required string Subject { get; init; }

    /// <summary>Null: it is of no game.</summary>
    public long? GameId { get; init; }

    public string? GameName { get; init; }

    public required long Value { get; init; }

    public required long Threshold { get; init; }

    /// <summary>As <see cref="AlertTexts.Unit"/> names it.</summary>
    public required string Unit { get; init; }

    public string? Detail { get; init; }

    /// <summary>The page that says what to do, as <see cref="AlertCondition.RunbookPath"/>; null: a test message.</summary>
    public string? Runbook { get; init; }

    public required long RaisedMs { get; init; }

    /// <summary>When this message was written.</summary>
    public required long AtMs { get; init; }

    /// <summary>What this message is known by wherever it arrives, however often it is sent.</summary>
    public string Id => $"{AlertId}-{Number}";

    /// <summary>The message of an alert.</summary>
    /// <param name="alert">As it is now.</param>
    /// <param name="telling">Why people are told.</param>
    /// <param name="gameName">The name of its game; null: it has none.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static AlertMessage Of(Alert alert, AlertTelling telling, string? gameName, long nowMs) => new()
    {
        AlertId = alert.Id,
        Number = alert.Told,
        Event = AlertTexts.Telling[telling],
        Condition = alert.Condition,
        Severity = AlertTexts.Severity[alert.Severity],
        Subject = alert.Subject,
        GameId = alert.GameId == 0 ? null : alert.GameId,
        GameName = gameName,
        Value = alert.Value,
        Threshold = alert.Threshold,
        Unit = AlertTexts.Unit[AlertConditions.Find(alert.Condition)?.Unit ?? AlertUnit.Count],
        Detail = alert.Detail.Length == 0 ? null : alert.Detail,
        Runbook = AlertConditions.Find(alert.Condition)?.RunbookPath,
        RaisedMs = alert.RaisedMs,
        AtMs = nowMs,
    };

    /// <summary>The message with which a sink is tried.</summary>
    public static AlertMessage Test(string id, long nowMs) => new()
    {
        AlertId = id,
        Number = 1,
        Event = AlertTexts.Telling[AlertTelling.Test],
        Condition = "test",
        Severity = AlertTexts.Severity[AlertSeverity.Warning],
        Subject = "test",
        Value = 0,
        Threshold = 0,
        Unit = AlertTexts.Unit[AlertUnit.Count],
        RaisedMs = nowMs,
        AtMs = nowMs,
    };
}
