namespace OrderCenter.Alerts.Settings;

/// <summary>The thresholds of all conditions, as they are set.</summary>
public sealed class AlertThresholds(IReadOnlyList<AlertThreshold> items)
{
    /// <summary>How many may be set.</summary>
    public const int ItemsMax = 2000;

    private readonly Dictionary<(string Condition, long? GameId), AlertThreshold> _byKey =
        items.ToDictionary(item => (item.Condition, item.GameId));

    /// <summary>Nothing is set.</summary>
    public static AlertThresholds Unset { get; } = new([]);

    public IReadOnlyList<AlertThreshold> Items => items;

    /// <summary>The threshold of a condition for a game (0: for what is of none): what is set for the game, else for all, else its own;
    /// null: nobody is told.</summary>
    public long? Of(AlertCondition condition, long gameId)
    {
        var ofGame = gameId == 0 ? null : _byKey.GetValueOrDefault((condition.Name, gameId));
        var ofAll = _byKey.GetValueOrDefault((condition.Name, (long?)null));
        return (ofGame ?? ofAll)?.Disabled == true ? null : ofGame?.Threshold ?? ofAll?.Threshold ?? condition.Threshold;
    }

    /// <summary>Whether the condition of a fact holds.</summary>
    public bool Holds(AlertFact fact) => Of(fact.Condition, fact.GameId) is { } threshold && fact.Condition.Holds(fact.Value, threshold);
}
