namespace OrderCenter.Persistence.Keys;

/// <summary>A row with a sealed text.</summary>
/// <param name="Key">The values of its key's columns, texts and numbers.</param>
/// <param name="Also">The values of the further columns that its place is made of.</param>
/// <param name="Text">The column as it is; empty: its text is sealed under the present master key; null: nothing is sealed here.</param>
public sealed record SealedRow(IReadOnlyList<object> Key, IReadOnlyList<object> Also, string? Text);
