namespace OrderCenter.Store.Schema;

/// <summary>Refunds of a part, and the notifications of one order.</summary>
internal static class RefundPartsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // One row for each refund that an app's store names, so that a part counts once however often it is told; the empty name is the store's own sum of all.
        """
        CREATE TABLE refund_parts (
            channel text NOT NULL,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            game_id bigint NOT NULL,
            refund_id text NOT NULL,
            amount_e4 bigint NOT NULL CHECK (amount_e4 >= 0),
            seen_ms bigint NOT NULL,
            PRIMARY KEY (channel, environment, transaction_id, game_id, refund_id))
        """,
        // What the stores told of an order, where the order is read.
        "CREATE INDEX notices_by_order ON notices (order_id, received_ms) WHERE order_id IS NOT NULL",
    ];
}
