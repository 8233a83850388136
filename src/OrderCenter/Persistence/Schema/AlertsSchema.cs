namespace OrderCenter.Persistence.Schema;

/// <summary>Alerts, and who is told of them. <c>alert_deliveries</c> is a leased table: <see cref="LeasedRows"/>.</summary>
internal static class AlertsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // game_id 0: of no game. told: how often people were told. next_ms: when they are told again; null: not any more.
        """
        CREATE TABLE alerts (
            alert_id text NOT NULL PRIMARY KEY,
            condition text NOT NULL,
            subject text NOT NULL,
            game_id bigint NOT NULL,
            severity integer NOT NULL,
            value bigint NOT NULL,
            threshold bigint NOT NULL,
            detail text NOT NULL,
            raised_ms bigint NOT NULL,
            seen_ms bigint NOT NULL,
            told integer NOT NULL,
            next_ms bigint,
            acknowledged_ms bigint,
            acknowledged_by text,
            recovered_ms bigint,
            CHECK (recovered_ms IS NULL OR next_ms IS NULL))
        """,
        "CREATE INDEX alerts_by_time ON alerts (raised_ms, alert_id)",
        "CREATE INDEX alerts_by_game ON alerts (game_id, raised_ms, alert_id)",
        // What is open: the list, and the counts by game.
        "CREATE INDEX alerts_open ON alerts (raised_ms, alert_id) WHERE recovered_ms IS NULL",
        "CREATE INDEX alerts_open_by_game ON alerts (game_id) WHERE recovered_ms IS NULL",
        "CREATE INDEX alerts_past ON alerts (recovered_ms) WHERE recovered_ms IS NOT NULL",
        // A condition and its subject whose alert is open: the key makes the alert one.
        "CREATE TABLE open_alerts (alert_key text NOT NULL PRIMARY KEY, alert_id text NOT NULL)",
        // What only a node itself sees (its breakers, its disk, its clock), for the node that evaluates. A row is there while the
        // condition holds.
        """
        CREATE TABLE alert_observations (
            node text NOT NULL,
            alert_key text NOT NULL,
            condition text NOT NULL,
            subject text NOT NULL,
            game_id bigint NOT NULL,
            value bigint NOT NULL,
            detail text NOT NULL,
            seen_ms bigint NOT NULL,
            PRIMARY KEY (node, alert_key))
        """,
        // A message for a sink: what was true when it was written, as JSON. number: the how many-eth telling of the alert.
        """
        CREATE TABLE alert_deliveries (
            alert_id text NOT NULL,
            number integer NOT NULL,
            sink text NOT NULL,
            message text NOT NULL,
            created_ms bigint NOT NULL,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            outcome text,
            done_ms bigint,
            PRIMARY KEY (alert_id, number, sink),
            CHECK ((due_ms IS NULL) = (done_ms IS NOT NULL)))
        """,
        "CREATE INDEX alert_deliveries_due ON alert_deliveries (due_ms) WHERE due_ms IS NOT NULL",
        "CREATE INDEX alert_deliveries_done ON alert_deliveries (done_ms) WHERE done_ms IS NOT NULL",
        // The sinks and the thresholds, each a list in one sealed text with a version for compare-and-set.
        """
        CREATE TABLE alert_settings (
            setting_key text NOT NULL PRIMARY KEY,
            version bigint NOT NULL,
            sealed text NOT NULL)
        """,
    ];
}
