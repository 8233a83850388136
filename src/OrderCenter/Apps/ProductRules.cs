using System.Collections.Frozen;
using OrderCenter.Domain;
using OrderCenter.Domain.Products;

namespace OrderCenter.Apps;

/// <summary>What a game's catalogue may hold.</summary>
internal static class ProductRules
{
    private const int IdMax = 128;
    private const int NameMax = 256;
    private const int PricesMax = 32;
    private const int SkusMax = 32;

    /// <summary>Every fault: the field, and what is allowed.</summary>
    public static IEnumerable<Fault> Faults(IReadOnlyDictionary<string, AppDocument.ProductDocument>? products)
    {
        if (products is null)
        {
            yield break;
        }
        if (products.Count > ProductCatalog.CountMax)
        {
            yield return new Fault("products", $"must be at most {ProductCatalog.CountMax} products");
            yield break;
        }
        var skus = new HashSet<(string Channel, string Sku)>();
        foreach (var (id, product) in products)
        {
            var field = $"products.{(id.Length <= IdMax ? id : id[..IdMax])}";
            if (!IsText(id, IdMax))
            {
                yield return new Fault(field, $"must be named by 1 to {IdMax} characters without control characters");
            }
            if (product is null)
            {
                yield return new Fault(field, "must be an object");
                continue;
            }
            if (product.Name is { } name && !IsText(name, NameMax))
            {
                yield return new Fault($"{field}.name", $"must be 1 to {NameMax} characters without control characters");
            }
            if (product.Prices is not { Count: > 0 and <= PricesMax } prices || !prices.All(IsPrice)
                || prices.Keys.DistinctBy(Currency.Canonical, StringComparer.Ordinal).Count() != prices.Count)
            {
                yield return new Fault(
                    $"{field}.prices",
                    $"must be 1 to {PricesMax} different currencies ({Currency.Form}), each with an amount greater than 0: {Money.Form}");
            }
            if (product.Skus is { } given
                && (given.Count > SkusMax || given.Any(sku => !IsText(sku.Key, IdMax) || !IsText(sku.Value, IdMax))))
            {
                yield return new Fault($"{field}.skus", $"must be at most {SkusMax} channels, each with 1 to {IdMax} characters");
            }
            foreach (var sku in product.Skus ?? new Dictionary<string, string>(StringComparer.Ordinal))
            {
                if (!skus.Add((sku.Key, sku.Value)))
                {
                    yield return new Fault($"{field}.skus.{sku.Key}", "belongs to another product too");
                }
            }
        }
    }

    /// <summary>The catalogue of faultless products.</summary>
    public static ProductCatalog ToCatalog(IReadOnlyDictionary<string, AppDocument.ProductDocument>? products) =>
        products is not { Count: > 0 }
            ? ProductCatalog.Empty
            : new ProductCatalog(
                products.ToFrozenDictionary(
                    product => product.Key, product => ToProduct(product.Key, product.Value), StringComparer.Ordinal));

    private static Product ToProduct(string id, AppDocument.ProductDocument product) => new()
    {
        Id = id,
        Name = product.Name ?? "",
        Prices = product.Prices!.ToDictionary(
            price => Currency.Canonical(price.Key), price => ToMoney(price.Value), StringComparer.Ordinal),
        Skus = product.Skus ?? new Dictionary<string, string>(StringComparer.Ordinal),
    };

    private static bool IsPrice(KeyValuePair<string, string> price) =>
        Currency.IsValid(price.Key) && Money.TryParse(price.Value, out var money) && money > Money.Zero;

    private static Money ToMoney(string text) => Money.TryParse(text, out var money) ? money : throw new FormatException(text);

    private static bool IsText(string? text, int lengthMax) =>
        text is { Length: > 0 } && text.Length <= lengthMax && !text.Any(char.IsControl);
}
