namespace OrderCenter.Store.Schema;

/// <summary>What stores are still to be told of paid orders, and how far they were asked for news.</summary>
internal static class TellingsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // Written with the payment, so that no crash loses it. state: 0 the store knows nothing, 1 it knows that the purchase is taken on, 2 done.
        """
        CREATE TABLE tellings (
            order_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            channel text NOT NULL,
            state integer NOT NULL,
            since_ms bigint NOT NULL,
            due_ms bigint NOT NULL,
            tries integer NOT NULL,
            fails integer NOT NULL,
            fault text)
        """,
        "CREATE INDEX tellings_due ON tellings (due_ms) WHERE state < 2",
        """
        CREATE TABLE poll_cursors (
            game_id bigint NOT NULL,
            channel text NOT NULL,
            cursor text,
            due_ms bigint NOT NULL,
            PRIMARY KEY (game_id, channel))
        """,
    ];
}
