namespace OrderCenter.Store.Schema;

/// <summary>Reconciliation: statements of stores line by line, and what differs.</summary>
internal static class StatementsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The job: how far it is stands in the row, and each step moves it in the transaction that keeps what the step found. counts and position are JSON and
        // a key, because nothing ever asks for them by their parts.
        """
        CREATE TABLE reconciliations (
            reconciliation_id text NOT NULL PRIMARY KEY,
            channel text NOT NULL,
            game_id bigint NOT NULL,
            first_day text NOT NULL,
            last_day text NOT NULL,
            from_ms bigint NOT NULL,
            to_ms bigint NOT NULL,
            format text NOT NULL,
            digest text,
            state integer NOT NULL,
            cleared integer NOT NULL,
            actor text NOT NULL,
            counts text NOT NULL,
            position text NOT NULL,
            differences bigint NOT NULL,
            lease bigint NOT NULL,
            lease_until_ms bigint NOT NULL,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL,
            finished_ms bigint)
        """,
        "CREATE INDEX reconciliations_by_time ON reconciliations (created_ms, reconciliation_id)",
        "CREATE INDEX reconciliations_by_day ON reconciliations (channel, game_id, from_ms)",
        // What is under way, and what still holds lines: few rows.
        "CREATE INDEX reconciliations_open ON reconciliations (created_ms) WHERE cleared = 0",
        // The same file for the same days is the same reconciliation: the key is a digest of all of that.
        "CREATE TABLE statement_files (file_key text NOT NULL PRIMARY KEY, reconciliation_id text NOT NULL)",
        // A transaction's lines lie together in the order of the walk; a line that is written twice is there once.
        """
        CREATE TABLE statement_lines (
            reconciliation_id text NOT NULL,
            transaction_key text NOT NULL,
            line bigint NOT NULL,
            kind integer NOT NULL,
            order_number text,
            amount_e4 bigint NOT NULL,
            currency text NOT NULL,
            units bigint NOT NULL,
            at_ms bigint,
            detail text,
            PRIMARY KEY (reconciliation_id, transaction_key, line))
        """,
        // Stores that tell no transactions: both sides of a product, in a currency.
        """
        CREATE TABLE reconciliation_totals (
            reconciliation_id text NOT NULL,
            product_id text NOT NULL,
            currency text NOT NULL,
            theirs_units bigint NOT NULL,
            theirs_e4 bigint NOT NULL,
            ours_units bigint NOT NULL,
            ours_e4 bigint NOT NULL,
            PRIMARY KEY (reconciliation_id, product_id, currency))
        """,
        // Differences are kept for ever: they say what a person did about them, and why.
        """
        CREATE TABLE reconciliation_differences (
            reconciliation_id text NOT NULL,
            number bigint NOT NULL,
            kind integer NOT NULL,
            transaction_id text,
            order_id text,
            product_id text,
            theirs_e4 bigint,
            theirs_currency text,
            theirs_units bigint,
            ours_e4 bigint,
            ours_currency text,
            ours_units bigint,
            at_ms bigint,
            line bigint,
            detail text NOT NULL,
            repair integer NOT NULL,
            action text,
            actor text,
            reason text,
            repaired_ms bigint,
            outcome text,
            PRIMARY KEY (reconciliation_id, number))
        """,
        "CREATE INDEX reconciliation_differences_by_kind ON reconciliation_differences (reconciliation_id, kind, number)",
        // "Paid here and not there" asks for what a channel settled on a day. The payments' own key is in the order of the stores' numbers, so that without this
        // index every payment ever made would be read for it; orders by creation would leave out what was paid late, which is what a forged receipt for an
        // old order looks like. It costs a payment one entry at the right end of each channel's range, since time only grows: no page is read for it. With the order
        // at its end it answers alone: the rows themselves lie in the order of the stores' numbers, each on a page of its own.
        "CREATE INDEX payments_by_time ON payments (channel, settled_ms, transaction_id, environment, order_id)",
    ];
}
