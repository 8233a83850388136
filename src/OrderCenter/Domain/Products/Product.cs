namespace OrderCenter.Domain.Products;

/// <summary>A product of a game's catalogue.</summary>
public sealed record Product
{
    /// <summary>The game's own name for it.</summary>
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The price of one, by <see cref="Currency.Canonical"/>.</summary>
    public required IReadOnlyDictionary<string, Money> Prices { get; init; }

    /// <summary>What stores call it, by channel; the game's own name where a store is not named.</summary>
    public required IReadOnlyDictionary<string, string> Skus { get; init; }
}
