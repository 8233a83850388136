namespace OrderCenter.Cards;

/// <summary>A card of an import that is known already and was rejected.</summary>
/// <param name="Index">Its index in the import, from 0.</param>
/// <param name="MaskedNo">Its masked number.</param>
/// <param name="ProductId">The product that has it; null where that is another game's, of which nothing is disclosed.</param>
/// <param name="IsOfThisImport">The import holds it more than once.</param>
public sealed record RepeatedCard(int Index, string MaskedNo, string? ProductId, bool IsOfThisImport);
