using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Alerts.Settings;

/// <summary>What a threshold must be.</summary>
internal static class ThresholdRules
{
    /// <summary>The first fault.</summary>
    /// <returns>The field, and what is allowed in it; null: there is none.</returns>
    public static (string Field, string Allowed)? WhyNot(AlertThreshold item) =>
        AlertConditions.Find(item.Condition) is not { } condition
            ? ("condition", $"must be {Choices.Of(AlertConditions.Names)}")
        : item.GameId is { } game && !GameLimit.IsGame(game) ? ("gameId", "must be null, or the number of a game")
        : item.GameId is not null && !condition.IsOfGame ? ("gameId", $"must be null: {condition.Name} is of no game")
        : item.Threshold is < 0 || item.Threshold > condition.ThresholdMax || (item.Threshold == 0 && !condition.IsBelow)
            ? ("threshold", $"must be {(condition.IsBelow ? 0 : 1)} to {condition.ThresholdMax} ({AlertTexts.Unit[condition.Unit]})")
        : item.Threshold is null && !item.Disabled ? ("threshold", "or disabled must be given")
        : null;

    /// <summary>Whether it is the caller's to set, and is given once.</summary>
    /// <param name="item">What he wants.</param>
    /// <param name="games">His games.</param>
    /// <param name="before">The items before it.</param>
    public static (string Field, string Allowed)? WhyNotHis(AlertThreshold item, GameLimit games, IReadOnlyList<AlertThreshold> before) =>
        games.Games is not null && !(item.GameId is { } game && games.Allows(game)) ? ("gameId", "must be a game of your own, and not null")
        : before.Any(other => other.Condition == item.Condition && other.GameId == item.GameId)
            ? ("condition", "is given twice for the same game")
        : null;
}
