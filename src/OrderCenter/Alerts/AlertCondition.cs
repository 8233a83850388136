namespace OrderCenter.Alerts;

/// <summary>A condition that people are told of: data, so that what is watched, and from when on, is one list.</summary>
/// <param name="Name">As in JSON and settings.</param>
/// <param name="Severity">How urgent it is when it is new.</param>
/// <param name="Unit">What its value counts.</param>
/// <param name="Threshold">From this value on it holds, or, where <paramref name="IsBelow"/>, down from it.</param>
/// <param name="ThresholdMax">The largest threshold that may be set.</param>
/// <param name="English">What holds, in English.</param>
/// <param name="Chinese">The same in Chinese.</param>
/// <param name="Runbook">The page that says what to do, in <c>docs/runbooks/</c>.</param>
/// <param name="IsOfGame">Whether it is about a game, so that each game may have a threshold of its own.</param>
/// <param name="IsBelow">Whether small values are the bad ones.</param>
public sealed record AlertCondition(
    string Name, AlertSeverity Severity, AlertUnit Unit, long Threshold, long ThresholdMax, string English, string Chinese,
    string Runbook, bool IsOfGame = true, bool IsBelow = false)
{
    /// <summary>The page that says what to do, as the documentation names it; beside it, with the ending <c>.zh-CN.md</c>, the one in
    /// Chinese.</summary>
    public string RunbookPath => $"docs/runbooks/{Runbook}.md";

    /// <summary>Whether the condition holds.</summary>
    public bool Holds(long value, long threshold) => IsBelow ? value <= threshold : value >= threshold;

    /// <summary>Whether a value is worse than another one.</summary>
    public bool IsWorse(long value, long than) => IsBelow ? value < than : value > than;
}
