using OrderCenter.Alerts.Settings;

namespace OrderCenter.Api.Alerts;

/// <summary>What is watched, and what is set about it.</summary>
/// <param name="Items">All conditions.</param>
/// <param name="Thresholds">What is set in place of their own thresholds.</param>
internal sealed record AlertConditionsJson(IReadOnlyList<AlertConditionJson> Items, IReadOnlyList<AlertThreshold> Thresholds);

/// <summary>A condition.</summary>
/// <param name="Condition">Its name.</param>
/// <param name="English">What holds, in English.</param>
/// <param name="Chinese">The same in Chinese.</param>
/// <param name="Severity">How urgent it is when it is new.</param>
/// <param name="Unit">What its threshold counts.</param>
/// <param name="Threshold">Its own threshold.</param>
/// <param name="ThresholdMax">The largest that may be set.</param>
/// <param name="Runbook">The page of the documentation that says what to do.</param>
/// <param name="IsOfGame">Whether each game may have one of its own.</param>
/// <param name="IsBelow">Whether it holds from the threshold down; otherwise from it on.</param>
internal sealed record AlertConditionJson(
    string Condition, string English, string Chinese, string Severity, string Unit, long Threshold, long ThresholdMax, string Runbook,
    bool IsOfGame, bool IsBelow);
