using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.Cards;

/// <summary>A card as it is stored.</summary>
/// <param name="Key">A keyed digest of its number and password, which are what is spent: type, gift, game and product do not make another
/// card. It is made with the master key.</param>
/// <param name="OldKeys">The same under the old master keys: a card that came in before the master key changed has one of these, until
/// <see cref="KeyRotation"/> has given it its new one.</param>
/// <param name="Text">The card, encrypted.</param>
internal sealed record SealedCard(string Key, IReadOnlyList<string> OldKeys, string Text)
{
    /// <summary>What a card's digest is made for: the installation, whose master key it is made with.</summary>
    private const string DigestPlace = "card";

    // One row that everyone writes who looks for a card under one key and inserts it under another. The job is none: it has no lease.
    private static readonly SqlStatement LockSql = new(
        "INSERT INTO node_leases (job, owner, lease_until_ms) VALUES ('card-keys', '', 0) " +
        "ON CONFLICT (job) DO UPDATE SET owner = excluded.owner");

    /// <summary>A card gets the key of the present master key with its text.</summary>
    public static readonly SealedColumn SealedColumn = new(
        "cards", "card_key", "sealed",
        row => PlaceOf(new Product((long)row.Also[0], (string)row.Also[1]), (string)row.Key[0]))
    {
        Also = ["game_id", "product_id"],
        KeyOf = static (vault, plain) => vault.Digest(DigestTextOf(OrderCards.Read(plain)), DigestPlace),
        LockAsync = static async transaction => await transaction.ExecuteAsync(LockSql),
    };

    /// <summary>Encrypts a card.</summary>
    public static SealedCard Of(Vault vault, Product product, Card card)
    {
        var text = DigestTextOf(card);
        var key = vault.Digest(text, DigestPlace);
        return new SealedCard(
            key, vault.OldDigests(text, DigestPlace), vault.Seal(OrderCards.Write(card), PlaceOf(product, key)));
    }

    /// <summary>Every key under which a card may be stored: the present one, then the old ones.</summary>
    public static IReadOnlyList<string> KeysOf(Vault vault, Card card)
    {
        var text = DigestTextOf(card);
        return [vault.Digest(text, DigestPlace), .. vault.OldDigests(text, DigestPlace)];
    }

    /// <summary>Decrypts a card of the stock.</summary>
    /// <exception cref="DatabaseUnavailableException">It was sealed under another master key, or altered.</exception>
    public static Card Open(Vault vault, Product product, string key, string text) =>
        OrderCards.Read(vault.Open(text, PlaceOf(product, key)));

    /// <summary>Keeps out, until the transaction ends, whoever else would insert cards or give them other keys. The primary key alone does
    /// not: while the master key changes, two nodes may have different keys for one card. Only needed where there are old keys.</summary>
    public static async ValueTask LockAsync(Transaction transaction, IEnumerable<SealedCard> cards)
    {
        if (cards.Any(card => card.OldKeys.Count > 0))
        {
            await transaction.ExecuteAsync(LockSql);
        }
    }

    private static string DigestTextOf(Card card) => $"{card.No.Length}:{card.No}{card.Password}";

    private static string PlaceOf(Product product, string key) => $"card {product.GameId} {key} {product.ProductId}";
}
