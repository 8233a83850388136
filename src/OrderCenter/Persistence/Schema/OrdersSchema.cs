namespace OrderCenter.Persistence.Schema;

/// <summary>Apps, orders, payments, the audit log, kept responses.</summary>
internal static class OrdersSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // Settings are JSON; secrets and channel settings are one sealed JSON beside them. A change is compare-and-set on the version.
        """
        CREATE TABLE apps (
            game_id bigint NOT NULL PRIMARY KEY,
            alias text UNIQUE,
            settings text NOT NULL,
            sealed text NOT NULL,
            version bigint NOT NULL,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL)
        """,
        // moves counts the changes of its state and its refunds in part; its creation is 0. refunds counts how often a refund of it was
        // asked for or recorded: whoever asks must have seen all of them. erased_ms: since when the player is no longer named here.
        """
        CREATE TABLE orders (
            order_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            merchant_order_id text,
            product_id text NOT NULL,
            product_name text NOT NULL,
            amount_e4 bigint NOT NULL CHECK (amount_e4 >= 0),
            currency text NOT NULL,
            user_id text NOT NULL,
            quantity integer NOT NULL CHECK (quantity > 0),
            channel text,
            notify_url text,
            attributes text,
            pay_state integer NOT NULL DEFAULT 0 CHECK (pay_state BETWEEN 0 AND 2),
            progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 5),
            state_reason text,
            is_test integer NOT NULL DEFAULT 0,
            moves integer NOT NULL DEFAULT 0,
            refunds integer NOT NULL DEFAULT 0,
            payment text,
            created_ms bigint NOT NULL,
            expires_ms bigint NOT NULL,
            paid_ms bigint,
            delivered_ms bigint,
            refunded_ms bigint,
            erased_ms bigint,
            CHECK (pay_state = 0 OR (paid_ms IS NOT NULL AND payment IS NOT NULL)),
            CHECK (progress <> 1 OR delivered_ms IS NOT NULL),
            CHECK ((pay_state = 2) = (refunded_ms IS NOT NULL)))
        """,
        // The list of an operator, newest first: all games, one game, one player.
        "CREATE INDEX orders_by_time ON orders (created_ms, order_id)",
        "CREATE INDEX orders_by_game ON orders (game_id, created_ms, order_id)",
        "CREATE INDEX orders_by_user ON orders (user_id, created_ms, order_id)",
        // The sweep of unpaid orders; an order leaves it when it is paid, closed or held.
        "CREATE INDEX orders_unpaid ON orders (expires_ms) WHERE pay_state = 0 AND progress = 0",
        // What is held for review, counted by game for GET /work. Nearly always empty, as the other indexes for these counts are.
        "CREATE INDEX orders_held ON orders (game_id) WHERE progress = 5",
        """
        CREATE TABLE order_keys (
            game_id bigint NOT NULL,
            merchant_order_id text NOT NULL,
            order_id text NOT NULL,
            fingerprint text NOT NULL,
            PRIMARY KEY (game_id, merchant_order_id))
        """,
        // One row for each name of a purchase: whoever holds the row was paid by it. The key begins with the store's number: an operator
        // has the number on the player's bill and seldom its channel's name. These numbers are in no order, so that each index that
        // begins with them costs a page of its own for each row: without one for the number alone SQLite takes 1.3 times the payments
        // (measured on 2 processors, side by side).
        """
        CREATE TABLE payments (
            transaction_id text NOT NULL,
            channel text NOT NULL,
            environment text NOT NULL,
            order_id text NOT NULL,
            settled_ms bigint NOT NULL,
            PRIMARY KEY (transaction_id, channel, environment)) /* kept in its key */
        """,
        // A reconciliation reads what a channel settled on a day. The payments' own key is in the order of the stores' numbers, so that
        // without this index every payment ever made would be read for it; orders by creation would leave out what was paid late, which
        // is what a forged receipt for an old order looks like. It costs a payment one entry at the right end of each channel's range,
        // since time only grows: no page is read for it. With the order at its end it answers alone: the rows themselves lie in the order
        // of the stores' numbers, each on a page of its own.
        "CREATE INDEX payments_by_time ON payments (channel, settled_ms, transaction_id, environment, order_id)",
        // settled_ms: since when nobody need look at it, because a person has decided about its order or the store gave the money back.
        """
        CREATE TABLE unapplied_payments (
            order_id text NOT NULL,
            channel text NOT NULL,
            environment text NOT NULL,
            transaction_id text NOT NULL,
            game_id bigint NOT NULL,
            seen_ms bigint NOT NULL,
            reason text NOT NULL,
            payment text NOT NULL,
            settled_ms bigint,
            PRIMARY KEY (order_id, channel, environment, transaction_id))
        """,
        "CREATE INDEX unapplied_payments_open ON unapplied_payments (game_id) WHERE settled_ms IS NULL",
        // The same search for payments that paid nothing: a table of its own, so that it asks one shard.
        """
        CREATE TABLE unapplied_transactions (
            transaction_id text NOT NULL,
            order_id text NOT NULL,
            game_id bigint NOT NULL,
            PRIMARY KEY (transaction_id, order_id)) /* kept in its key */
        """,
        // Receipts that were presented for an order and refused. The key is a place within the order, so that no more are kept than there
        // are places, however many come at once; proven ones (authentic) have places of their own.
        """
        CREATE TABLE refused_receipts (
            order_id text NOT NULL,
            authentic integer NOT NULL,
            slot integer NOT NULL,
            receipt_key text NOT NULL,
            channel text,
            environment text,
            transaction_id text,
            store_order_id text,
            product_id text,
            reason text NOT NULL,
            first_ms bigint NOT NULL,
            last_ms bigint NOT NULL,
            seen bigint NOT NULL,
            game_id bigint NOT NULL,
            PRIMARY KEY (order_id, authentic, slot))
        """,
        "CREATE INDEX refused_by_transaction ON refused_receipts (transaction_id) WHERE transaction_id IS NOT NULL",
        "CREATE INDEX refused_by_store_order ON refused_receipts (store_order_id) WHERE store_order_id IS NOT NULL",
        """
        CREATE TABLE audit_log (
            order_id text NOT NULL,
            number integer NOT NULL,
            at_ms bigint NOT NULL,
            actor text NOT NULL,
            action text NOT NULL,
            reason text NOT NULL,
            from_pay integer NOT NULL,
            from_progress integer NOT NULL,
            to_pay integer NOT NULL,
            to_progress integer NOT NULL,
            PRIMARY KEY (order_id, number))
        """,
        // Responses to native writes that carried an Idempotency-Key; status 0 while the first request is running.
        """
        CREATE TABLE request_keys (
            request_key text NOT NULL PRIMARY KEY,
            fingerprint text NOT NULL,
            status integer NOT NULL,
            body text,
            created_ms bigint NOT NULL,
            lease_until_ms bigint NOT NULL DEFAULT 0)
        """,
        "CREATE INDEX request_keys_by_age ON request_keys (created_ms)",
    ];
}
