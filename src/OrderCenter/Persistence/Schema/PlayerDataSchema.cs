namespace OrderCenter.Persistence.Schema;

/// <summary>The erasure of players' personal data.</summary>
internal static class PlayerDataSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The job: how far it is (the last order that it looked at), and what came of it. user_id is there until it is done; null: all
        // players of the game, whose orders are old enough. state: 0 looks for orders, 1 waits for some to end, 2 is done.
        """
        CREATE TABLE erasures (
            erasure_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            user_id text,
            marker text NOT NULL,
            until_ms bigint NOT NULL,
            actor text NOT NULL,
            state integer NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
            after_created_ms bigint NOT NULL DEFAULT 0,
            after_order_id text NOT NULL DEFAULT '',
            erased bigint NOT NULL DEFAULT 0,
            created_ms bigint NOT NULL,
            finished_ms bigint)
        """,
        "CREATE INDEX erasures_open ON erasures (created_ms) WHERE state < 2",
        // Orders that had not ended when their job looked at them.
        """
        CREATE TABLE waiting_erasures (
            erasure_id text NOT NULL,
            order_id text NOT NULL,
            due_ms bigint NOT NULL,
            PRIMARY KEY (erasure_id, order_id))
        """,
        "CREATE INDEX waiting_erasures_due ON waiting_erasures (due_ms)",
    ];
}
