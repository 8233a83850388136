namespace OrderCenter.Cards;

/// <summary>A product of a game.</summary>
public readonly record struct Product(long GameId, string ProductId);
