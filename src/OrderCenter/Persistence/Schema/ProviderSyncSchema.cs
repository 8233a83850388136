namespace OrderCenter.Persistence.Schema;

/// <summary>Notifications of stores, lookups and reports that are due at stores, and refunds. Leased tables:
/// <see cref="LeasedRows"/>.</summary>
internal static class ProviderSyncSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The key is a digest of channel, app and the store's own id, so that "once" is the primary key and the rows spread evenly. What
        // came is sealed: it may name players. state: NotificationState; 0 is to be read.
        """
        CREATE TABLE notifications (
            notification_key text NOT NULL PRIMARY KEY,
            channel text NOT NULL,
            game_id bigint NOT NULL,
            notification_id text NOT NULL,
            received_ms bigint NOT NULL,
            seen integer NOT NULL DEFAULT 1,
            state integer NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            outcome text,
            order_id text,
            transaction_id text,
            store_order_id text,
            more_names text,
            done_ms bigint,
            sealed text NOT NULL,
            CHECK ((state = 0) = (due_ms IS NOT NULL)))
        """,
        // What is to be read; the list of an operator, newest first: everything, one game, what is open.
        "CREATE INDEX notifications_due ON notifications (due_ms) WHERE due_ms IS NOT NULL",
        "CREATE INDEX notifications_by_time ON notifications (received_ms, notification_key)",
        "CREATE INDEX notifications_by_game ON notifications (game_id, received_ms, notification_key)",
        "CREATE INDEX notifications_open ON notifications (state, received_ms, notification_key) WHERE state NOT IN (1, 2)",
        // What waits for a person, counted by game: what nobody claims, and what could not be read.
        "CREATE INDEX notifications_unclaimed ON notifications (game_id) WHERE state = 3 AND due_ms IS NULL",
        "CREATE INDEX notifications_failed ON notifications (game_id) WHERE state = 6 AND due_ms IS NULL",
        // The notifications that touched an order: a table of its own, so that an order's are found on the order's shard. One that is read
        // again may touch another order then; the notification itself says which.
        """
        CREATE TABLE order_notifications (
            order_id text NOT NULL,
            received_ms bigint NOT NULL,
            notification_key text NOT NULL,
            PRIMARY KEY (order_id, received_ms, notification_key)) /* kept in its key */
        """,
        // The notifications of a purchase, by every name that the store has for it: a table of its own, so that a search asks one shard.
        """
        CREATE TABLE notification_transactions (
            transaction_id text NOT NULL,
            notification_key text NOT NULL,
            PRIMARY KEY (transaction_id, notification_key)) /* kept in its key */
        """,
        """
        CREATE TABLE payment_lookups (
            order_id text NOT NULL,
            lookup_key text NOT NULL,
            game_id bigint NOT NULL,
            channel text,
            sealed text,
            since_ms bigint NOT NULL,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            outcome text,
            PRIMARY KEY (order_id, lookup_key))
        """,
        "CREATE INDEX payment_lookups_due ON payment_lookups (due_ms) WHERE due_ms IS NOT NULL",
        // Written with the payment, so that no crash loses it.
        """
        CREATE TABLE fulfilment_reports (
            order_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            channel text NOT NULL,
            is_accepted integer NOT NULL DEFAULT 0,
            since_ms bigint NOT NULL,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            failure text)
        """,
        "CREATE INDEX fulfilment_reports_due ON fulfilment_reports (due_ms) WHERE due_ms IS NOT NULL",
        """
        CREATE TABLE event_polls (
            game_id bigint NOT NULL,
            channel text NOT NULL,
            cursor text,
            due_ms bigint NOT NULL,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (game_id, channel))
        """,
        // What stores ask about refunds, with the token that they want to see again, sealed. state: RefundQuestionState; an open one is due
        // when it is to be answered by the app's settings (preference), or else at its deadline.
        """
        CREATE TABLE refund_questions (
            question_key text NOT NULL PRIMARY KEY,
            channel text NOT NULL,
            game_id bigint NOT NULL,
            order_id text,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            store_order_id text,
            sealed text NOT NULL,
            asked_ms bigint NOT NULL,
            deadline_ms bigint NOT NULL,
            state integer NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
            preference integer,
            answered_by text,
            answered_ms bigint,
            outcome text,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            CHECK ((state = 0) = (due_ms IS NOT NULL)))
        """,
        "CREATE INDEX refund_questions_due ON refund_questions (due_ms) WHERE due_ms IS NOT NULL",
        "CREATE INDEX refund_questions_open ON refund_questions (deadline_ms, order_id) " +
        "WHERE state = 0 AND preference IS NULL AND order_id IS NOT NULL",
        "CREATE INDEX refund_questions_of_order ON refund_questions (order_id) WHERE order_id IS NOT NULL",
        // How much of an order's goods the game says were used, in thousandths of a percent.
        """
        CREATE TABLE order_consumption (
            order_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            share integer NOT NULL CHECK (share BETWEEN 0 AND 100000),
            told_ms bigint NOT NULL)
        """,
        // One row for each purchase that an app's store refunded, or whose refund it reversed: the newest event by the store's own clock.
        // is_applied: the order has followed it. A row stays for ever, so that no replay undoes a newer event.
        """
        CREATE TABLE refund_events (
            channel text NOT NULL,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            game_id bigint NOT NULL,
            is_refund integer NOT NULL,
            reported_ms bigint NOT NULL,
            is_applied integer NOT NULL,
            PRIMARY KEY (channel, environment, transaction_id, game_id))
        """,
        // One row for each refund of a purchase, by its number: ours where we gave it one, otherwise the one that the store names, so that
        // what is reported again counts once and meets the row that was written before the store was called. The empty number is the
        // store's own sum of all, which a reversal sets back: what was reported before reported_ms does not count then. order_id: where we
        // asked for it or recorded it; orders.refunds is the sum of asks of these. state: RefundState; open ones are due.
        """
        CREATE TABLE refunds (
            channel text NOT NULL,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            game_id bigint NOT NULL,
            refund_id text NOT NULL,
            order_id text,
            amount_e4 bigint NOT NULL CHECK (amount_e4 >= 0),
            state integer NOT NULL CHECK (state BETWEEN 0 AND 5),
            is_at_store integer NOT NULL,
            actor text,
            reason text,
            outcome text,
            store_number text,
            asks integer NOT NULL DEFAULT 0,
            seen_ms bigint NOT NULL,
            reported_ms bigint NOT NULL,
            done_ms bigint,
            due_ms bigint,
            attempts integer NOT NULL DEFAULT 0,
            lease bigint NOT NULL DEFAULT 0,
            lease_until_ms bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (channel, environment, transaction_id, game_id, refund_id),
            CHECK ((state = 0 OR state = 3) = (due_ms IS NOT NULL)))
        """,
        "CREATE INDEX refunds_due ON refunds (due_ms) WHERE due_ms IS NOT NULL",
    ];
}
