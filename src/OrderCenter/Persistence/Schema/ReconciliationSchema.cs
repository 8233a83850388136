namespace OrderCenter.Persistence.Schema;

/// <summary>Statements of stores line by line, and their discrepancies.</summary>
internal static class ReconciliationSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The job: its position is in the row, and each step moves it in the transaction that keeps what the step found. counts and
        // position are JSON and a key, because no query needs their parts. account: the one whose statement it is; empty: the app has one.
        """
        CREATE TABLE reconciliations (
            reconciliation_id text NOT NULL PRIMARY KEY,
            channel text NOT NULL,
            account text NOT NULL DEFAULT '',
            game_id bigint NOT NULL,
            first_day text NOT NULL,
            last_day text NOT NULL,
            from_ms bigint NOT NULL,
            to_ms bigint NOT NULL,
            format text NOT NULL,
            digest text,
            state integer NOT NULL DEFAULT 0,
            cleared integer NOT NULL DEFAULT 0,
            actor text NOT NULL,
            counts text NOT NULL,
            position text NOT NULL DEFAULT '',
            differences bigint NOT NULL DEFAULT 0,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL,
            finished_ms bigint,
            repaired bigint NOT NULL DEFAULT 0)
        """,
        "CREATE INDEX reconciliations_by_time ON reconciliations (created_ms, reconciliation_id)",
        "CREATE INDEX reconciliations_by_day ON reconciliations (channel, game_id, from_ms)",
        "CREATE INDEX reconciliations_due ON reconciliations (due_ms) WHERE due_ms IS NOT NULL",
        // What still holds lines: few rows.
        "CREATE INDEX reconciliations_open ON reconciliations (created_ms) WHERE cleared = 0",
        // What has discrepancies that are not resolved, counted by game.
        "CREATE INDEX reconciliations_unresolved ON reconciliations (game_id) WHERE repaired < differences",
        // The same file for the same days is the same reconciliation: the key is a digest of all of that.
        "CREATE TABLE statement_files (file_key text NOT NULL PRIMARY KEY, reconciliation_id text NOT NULL)",
        // The statements that are fetched from stores: a row for each game, channel, account and period. The id is made of them, so that a
        // period has one row whichever nodes add it.
        """
        CREATE TABLE statement_fetches (
            fetch_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            channel text NOT NULL,
            account text NOT NULL DEFAULT '',
            first_day text NOT NULL,
            last_day text NOT NULL,
            state integer NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            message text NOT NULL,
            reconciliation_id text,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL)
        """,
        "CREATE INDEX statement_fetches_by_time ON statement_fetches (created_ms, fetch_id)",
        "CREATE INDEX statement_fetches_by_day ON statement_fetches (game_id, channel, account, first_day)",
        // What was not fetched: few rows.
        "CREATE INDEX statement_fetches_missing ON statement_fetches (created_ms) WHERE state <> 1",
        "CREATE INDEX statement_fetches_due ON statement_fetches (due_ms) WHERE due_ms IS NOT NULL",
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
            product text,
            refund_number text,
            PRIMARY KEY (reconciliation_id, transaction_key, line))
        """,
        // Stores that list no transactions: both sides of a product, in a currency.
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
        // Discrepancies are kept for ever: they say what a person did about them, and why.
        """
        CREATE TABLE reconciliation_discrepancies (
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
            is_part integer NOT NULL,
            refund_number text,
            back_e4 bigint,
            detail text NOT NULL,
            repair integer NOT NULL,
            action text,
            actor text,
            reason text,
            repaired_ms bigint,
            outcome text,
            PRIMARY KEY (reconciliation_id, number))
        """,
        "CREATE INDEX reconciliation_discrepancies_by_kind ON reconciliation_discrepancies (reconciliation_id, kind, number)",
        "CREATE INDEX reconciliation_discrepancies_by_repair ON reconciliation_discrepancies (reconciliation_id, repair, number)",
    ];
}
