namespace OrderCenter.Persistence.Schema;

/// <summary>The encrypted inventory of cards.</summary>
internal static class CardsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // card_key is a keyed digest of the card's number and password, the same whatever game and product it is imported for: a card
        // that can be spent once is here once, and the digest reveals nothing without the master key. place counts within an import, so
        // that cards leave in the order in which they came.
        """
        CREATE TABLE cards (
            game_id bigint NOT NULL,
            product_id text NOT NULL,
            card_key text NOT NULL PRIMARY KEY,
            sealed text NOT NULL,
            order_id text,
            imported_ms bigint NOT NULL,
            place integer NOT NULL,
            issued_ms bigint,
            CHECK ((order_id IS NULL) = (issued_ms IS NULL)))
        """,
        // Stock, oldest first; a card leaves it when it is issued.
        "CREATE INDEX cards_in_stock ON cards (game_id, product_id, imported_ms, place, card_key) WHERE order_id IS NULL",
        "CREATE INDEX cards_by_order ON cards (order_id) WHERE order_id IS NOT NULL",
        // Paid orders that found no stock, oldest first.
        """
        CREATE TABLE card_backlog (
            game_id bigint NOT NULL,
            product_id text NOT NULL,
            order_id text NOT NULL,
            quantity integer NOT NULL,
            since_ms bigint NOT NULL,
            PRIMARY KEY (game_id, product_id, order_id))
        """,
        "CREATE INDEX card_backlog_by_age ON card_backlog (game_id, product_id, since_ms, order_id)",
    ];
}
