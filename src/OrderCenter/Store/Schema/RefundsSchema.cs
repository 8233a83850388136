namespace OrderCenter.Store.Schema;

/// <summary>What stores said last of refunds.</summary>
internal static class RefundsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // One row for each purchase that an app's store gave back, or took the refund back of: its newest word by the store's own clock. is_applied: the order
        // has followed it. A row stays for ever, so that no replay undoes a newer word.
        """
        CREATE TABLE refund_words (
            channel text NOT NULL,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            game_id bigint NOT NULL,
            is_refund integer NOT NULL,
            said_ms bigint NOT NULL,
            is_applied integer NOT NULL,
            PRIMARY KEY (channel, environment, transaction_id, game_id))
        """,
    ];
}
