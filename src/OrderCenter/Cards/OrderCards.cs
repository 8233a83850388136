using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Cards;

/// <summary>The cards that were issued to an order, encrypted in one of its attributes. Attributes whose names begin
/// with <see cref="HiddenPrefix"/> are never shown.</summary>
public static class OrderCards
{
    /// <summary>The attribute with the account of a direct recharge; missing: the order buys cards.</summary>
    public const string AccountField = "charge_account";

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
    /// <exception cref="DatabaseUnavailableException">They were sealed under another master key, or
    /// altered.</exception>
    public static IReadOnlyList<Card> Open(Vault vault, Order order) =>
        order.Attributes.TryGetValue(Attribute, out var text)
            ? JsonSerializer.Deserialize(vault.Open(text, Place(order.Id)), CardJson.Default.IReadOnlyListCard)! : [];

    internal static string Write(Card card) => JsonSerializer.Serialize(card, CardJson.Default.Card);

    internal static Card Read(string json) => JsonSerializer.Deserialize(json, CardJson.Default.Card)!;

    private static string Place(OrderId id) => $"cards of order {id}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Card))]
[JsonSerializable(typeof(IReadOnlyList<Card>))]
internal sealed partial class CardJson : JsonSerializerContext;
