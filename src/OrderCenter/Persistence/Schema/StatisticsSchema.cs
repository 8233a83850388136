namespace OrderCenter.Persistence.Schema;

/// <summary>Orders, refusals and callbacks, counted by time.</summary>
internal static class StatisticsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // Added to only by the step that takes pending_changes, on one node at a time: no request waits for a row here. Rows are of an hour
        // and, so that a month by days is read from a third of a day a row, of 8 hours: 90 rows a game and currency instead of 720. They
        // are read from their key, a range of time for each game. A sum of money stands in two columns (high times 1,000,000,000 and low,
        // both in ten-thousandths): of the greatest orders, ten are beyond 64 bits, and a step that fails would stop the feed.
        """
        CREATE TABLE order_statistics (
            dimension integer NOT NULL,
            span_hours integer NOT NULL,
            game_id bigint NOT NULL,
            from_ms bigint NOT NULL,
            name text NOT NULL,
            currency text NOT NULL,
            is_test integer NOT NULL,
            created bigint NOT NULL,
            created_e4_high bigint NOT NULL,
            created_e4_low bigint NOT NULL,
            paid bigint NOT NULL,
            paid_e4_high bigint NOT NULL,
            paid_e4_low bigint NOT NULL,
            refunded bigint NOT NULL,
            refunded_e4_high bigint NOT NULL,
            refunded_e4_low bigint NOT NULL,
            delivered bigint NOT NULL,
            delivered_e4_high bigint NOT NULL,
            delivered_e4_low bigint NOT NULL,
            PRIMARY KEY (dimension, span_hours, game_id, from_ms, name, currency, is_test)) /* kept in its key */
        """,
        // took_0 to took_13: attempts by the class of their duration (CallbackDurations).
        """
        CREATE TABLE health_statistics (
            span_hours integer NOT NULL,
            game_id bigint NOT NULL,
            from_ms bigint NOT NULL,
            channel text NOT NULL,
            refusals bigint NOT NULL,
            attempts bigint NOT NULL,
            successes bigint NOT NULL,
            took_0 bigint NOT NULL,
            took_1 bigint NOT NULL,
            took_2 bigint NOT NULL,
            took_3 bigint NOT NULL,
            took_4 bigint NOT NULL,
            took_5 bigint NOT NULL,
            took_6 bigint NOT NULL,
            took_7 bigint NOT NULL,
            took_8 bigint NOT NULL,
            took_9 bigint NOT NULL,
            took_10 bigint NOT NULL,
            took_11 bigint NOT NULL,
            took_12 bigint NOT NULL,
            took_13 bigint NOT NULL,
            PRIMARY KEY (span_hours, game_id, from_ms, channel)) /* kept in its key */
        """,
    ];
}
