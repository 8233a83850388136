namespace OrderCenter.Store.Schema;

/// <summary>What stores told us, and what we have yet to ask them.</summary>
internal static class InboxSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The key is a digest of channel, app and the store's own id, so that "once" is the primary key and the rows spread evenly. What came is sealed: it
        // may name players.
        """
        CREATE TABLE notices (
            notice_key text NOT NULL PRIMARY KEY,
            channel text NOT NULL,
            game_id bigint NOT NULL,
            notice_id text NOT NULL,
            received_ms bigint NOT NULL,
            seen integer NOT NULL,
            state integer NOT NULL CHECK (state BETWEEN 0 AND 6),
            tries integer NOT NULL,
            due_ms bigint,
            outcome text,
            order_id text,
            transaction_id text,
            done_ms bigint,
            sealed text NOT NULL,
            CHECK ((state = 0) = (due_ms IS NOT NULL)))
        """,
        // What is to be read; the list of an operator, newest first: everything, one game.
        "CREATE INDEX notices_due ON notices (due_ms) WHERE state = 0",
        "CREATE INDEX notices_by_time ON notices (received_ms, notice_key)",
        "CREATE INDEX notices_by_game ON notices (game_id, received_ms, notice_key)",
        "CREATE INDEX notices_open ON notices (state, received_ms, notice_key) WHERE state NOT IN (1, 2)",
        """
        CREATE TABLE store_asks (
            order_id text NOT NULL,
            ask_key text NOT NULL,
            game_id bigint NOT NULL,
            channel text,
            sealed text,
            asked integer NOT NULL,
            since_ms bigint NOT NULL,
            due_ms bigint,
            outcome text,
            PRIMARY KEY (order_id, ask_key))
        """,
        "CREATE INDEX store_asks_due ON store_asks (due_ms) WHERE due_ms IS NOT NULL",
    ];
}
