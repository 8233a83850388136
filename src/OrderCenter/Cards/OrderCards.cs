using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Cards;

/// <summary>The cards that were issued to an order, encrypted in one of its attributes. Attributes whose names begin
/// with <see cref="HiddenPrefix"/> are never shown.</summary>
public static class OrderCards
{
    /// <summary>The attribute with the account of a direct recharge; missing: the order buys cards.</summary>
    public const string AccountField = "charge_account";

    public const string HiddenPrefix = "cards_";
    private const string Attribute = HiddenPrefix + "sealed";

    internal static readonly SealedColumn SealedColumn =
        new("orders", "order_id", "attributes", row => Place(OrderId.FromStore((string)row.Key[0])))
        {
            Before = $"%\"{Attribute}\":\"",
            Extract = static text => ReadAttributes(text).GetValueOrDefault(Attribute),
            Replace = static (text, sealedText) =>
            {
                var attributes = ReadAttributes(text);
                attributes[Attribute] = sealedText;
                return OrderTable.WriteAttributes(attributes)!;
            },
        };

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

    /// <summary>Whether cards were issued to the order.</summary>
    internal static bool Has(Order order) => order.Attributes.ContainsKey(Attribute);

    internal static string Write(Card card) => JsonSerializer.Serialize(card, CardJson.Default.Card);

    internal static Card Read(string json) => JsonSerializer.Deserialize(json, CardJson.Default.Card)!;

    private static Dictionary<string, string> ReadAttributes(string text) =>
        JsonSerializer.Deserialize(text, StoredJson.Default.DictionaryStringString)!;

    private static string Place(OrderId id) => $"cards of order {id}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Card))]
[JsonSerializable(typeof(IReadOnlyList<Card>))]
internal sealed partial class CardJson : JsonSerializerContext;
