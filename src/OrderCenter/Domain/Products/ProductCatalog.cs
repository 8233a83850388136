namespace OrderCenter.Domain.Products;

/// <summary>The products of a game, in memory. Empty: the game has no catalogue, and everything may be sold at any price.</summary>
public sealed class ProductCatalog(IReadOnlyDictionary<string, Product> products)
{
    public const int CountMax = 1000;

    public static readonly ProductCatalog Empty = new(new Dictionary<string, Product>(StringComparer.Ordinal));

    /// <summary>Why an order is not one of this catalogue; null: it is, or there is no catalogue.</summary>
    public string? Fault(string productId, Money money, string currency, int quantity)
    {
        if (products.Count == 0)
        {
            return null;
        }
        if (!products.TryGetValue(productId, out var product))
        {
            return "the product is not in the catalogue";
        }
        if (!product.Prices.TryGetValue(Currency.Canonical(currency), out var price))
        {
            return $"the product has no price in {currency}; it has one in {string.Join(", ", product.Prices.Keys)}";
        }
        return (Int128)price.AmountE4 * quantity == money.AmountE4 ? null
            : quantity == 1 ? $"the price is {price} {currency}, not {money}"
            : $"the price is {price} {currency} for each of {quantity}, not {money} for all";
    }

    /// <summary>What a store calls a product.</summary>
    public string SkuOf(string channel, string productId) =>
        products.TryGetValue(productId, out var product) && product.Skus.TryGetValue(channel, out var sku) ? sku : productId;
}
