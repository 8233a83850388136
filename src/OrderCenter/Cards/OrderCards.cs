using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Cards;

/// <summary>An order's cards as they stand with the order: one sealed text among its attributes, in the order in which they were issued. Attributes whose
/// names begin with <see cref="HiddenPrefix"/> are shown nowhere.</summary>
public static class OrderCards
{
    public const string HiddenPrefix = "cards_";
    private const string Attribute = HiddenPrefix + "sealed";

    /// <summary>The order's attributes with its cards among them.</summary>
    public static IReadOnlyDictionary<string, string> Seal(Vault vault, Order order, IReadOnlyList<Card> cards)
    {
        var attributes = order.Attributes.Where(pair => pair.Key != Attribute).ToDictionary(StringComparer.Ordinal);
        if (cards.Count > 0)
        {
            attributes.Add(Attribute, vault.Seal(JsonSerializer.Serialize(cards, CardJson.Default.IReadOnlyListCard), Place(order.Id)));
        }
        return attributes;
    }

    /// <summary>The cards that were issued to the order; empty: none.</summary>
    /// <exception cref="StoreUnavailableException">They were sealed under another master key, or altered.</exception>
    public static IReadOnlyList<Card> Open(Vault vault, Order order) =>
        order.Attributes.TryGetValue(Attribute, out var text) ? JsonSerializer.Deserialize(vault.Open(text, Place(order.Id)), CardJson.Default.IReadOnlyListCard)! : [];

    internal static string Write(Card card) => JsonSerializer.Serialize(card, CardJson.Default.Card);

    internal static Card Read(string json) => JsonSerializer.Deserialize(json, CardJson.Default.Card)!;

    private static string Place(OrderId id) => $"cards of order {id}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Card))]
[JsonSerializable(typeof(IReadOnlyList<Card>))]
internal sealed partial class CardJson : JsonSerializerContext;
