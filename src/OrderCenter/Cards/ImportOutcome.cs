namespace OrderCenter.Cards;

/// <summary>The result of an import: how many cards are new, and which were rejected as known.</summary>
public sealed record ImportOutcome(int Imported, IReadOnlyList<RepeatedCard> Repeated);
