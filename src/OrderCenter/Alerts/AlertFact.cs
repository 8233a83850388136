namespace OrderCenter.Alerts;

/// <summary>What a source has seen of a condition: a value, whether the condition holds for it or not.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Subject">What it is about within the condition.</param>
/// <param name="GameId">0: it is of no game.</param>
/// <param name="Value">In the condition's unit.</param>
/// <param name="Detail">More about it; empty: nothing.</param>
public sealed record AlertFact(AlertCondition Condition, string Subject, long GameId, long Value, string Detail = "")
{
    /// <summary>What it is about, as it is stored.</summary>
    public string Subject { get; } = Alert.Cut(Subject, Alert.SubjectMax);

    /// <summary>A fact about a game as a whole.</summary>
    public static AlertFact OfGame(AlertCondition condition, long gameId, long value, string detail = "") =>
        new(condition, gameId == 0 ? "no game" : $"game {gameId}", gameId, value, detail);

    public string Key => Alert.KeyOf(Condition.Name, Subject);
}
