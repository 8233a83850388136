namespace OrderCenter.Persistence.Schema;

/// <summary>Callbacks and their attempts.</summary>
internal static class CallbacksSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // content: the body of what is told at an app's eventsUrl, as it was when it happened. What protocols send is written anew for each
        // attempt, and has none.
        // The check makes an orphan impossible: what is not final has a due time, a lease, or is held for the app. The attempt in flight
        // is in this row (its number, its start, its lease), and so is the one that delivered it: a callback that the game takes at once
        // costs an insert and an update. Attempts that failed have rows of their own. States are listed with OR: for a list of three
        // after IN, SQLite builds a table each time that it looks at a check or at an index's condition (measured: 10 of the 23
        // microseconds that a callback's claim and outcome took).
        """
        CREATE TABLE callbacks (
            order_id text NOT NULL,
            number bigint NOT NULL,
            game_id bigint NOT NULL,
            event text NOT NULL,
            url text NOT NULL,
            endpoint text NOT NULL,
            waits text NOT NULL,
            event_ms bigint NOT NULL,
            status integer NOT NULL,
            attempts integer NOT NULL,
            step integer NOT NULL DEFAULT 0,
            due_ms bigint,
            lease bigint NOT NULL,
            lease_owner text,
            lease_until_ms bigint,
            started_ms bigint,
            created_ms bigint NOT NULL,
            finished_ms bigint,
            duration_ms bigint,
            http_status integer,
            response text,
            content text,
            PRIMARY KEY (order_id, number),
            CHECK ((status = 0 AND due_ms IS NOT NULL AND lease_owner IS NULL)
                OR (status = 1 AND lease_owner IS NOT NULL AND lease_until_ms IS NOT NULL AND started_ms IS NOT NULL)
                OR (status = 4 AND lease_owner IS NULL)
                OR ((status = 2 OR status = 3 OR status = 5) AND due_ms IS NULL AND lease_owner IS NULL AND finished_ms IS NOT NULL)))
        """,
        // What is due, an endpoint at a time: fair however many of one endpoint wait. Only what waits is in it.
        "CREATE INDEX callbacks_due ON callbacks (endpoint, due_ms) WHERE status = 0",
        // The leases of nodes that died.
        "CREATE INDEX callbacks_leased ON callbacks (lease_until_ms) WHERE status = 1",
        // The list of an operator, newest first: what is done, and what waits for its time or for a person. What is leased is few, and
        // found by its lease. Only what is done is in the first: PostgreSQL writes a row that moves into each of its indexes anew, and a
        // claim moves it.
        "CREATE INDEX callbacks_done ON callbacks (created_ms, order_id, number) WHERE status = 2 OR status = 5",
        "CREATE INDEX callbacks_waiting ON callbacks (created_ms, order_id, number) WHERE status = 0 OR status = 3 OR status = 4",
        // What is held for an app: searched periodically, and made due when the app is enabled. Nearly always empty. What is held is not
        // due; that is in the condition so that lists, which do not have it, take the index above, which has their order.
        "CREATE INDEX callbacks_held ON callbacks (game_id, created_ms) WHERE status = 4 AND due_ms IS NULL",
        // What is exhausted, counted by game; the condition is for the same reason as the one above.
        "CREATE INDEX callbacks_exhausted ON callbacks (game_id) WHERE status = 3 AND due_ms IS NULL",
        """
        CREATE TABLE callback_attempts (
            order_id text NOT NULL,
            callback_number bigint NOT NULL,
            number integer NOT NULL,
            started_ms bigint NOT NULL,
            duration_ms bigint,
            http_status integer,
            response text,
            error text,
            PRIMARY KEY (order_id, callback_number, number))
        """,
        // Pruning by age, in bounded steps.
        "CREATE INDEX callback_attempts_by_age ON callback_attempts (started_ms)",
        // Every endpoint that callbacks wait for or were queued for lately. used_ms is written once a day by a node that queues for it;
        // place is a hash of the endpoint, by which pages of the list go on.
        """
        CREATE TABLE callback_endpoints (
            endpoint text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            used_ms bigint NOT NULL DEFAULT 0,
            place text NOT NULL DEFAULT '')
        """,
        "CREATE INDEX callback_endpoints_of_games ON callback_endpoints (game_id, place)",
        // Redelivery in bulk: a durable job that goes on where it was.
        """
        CREATE TABLE redelivery_jobs (
            job_id text NOT NULL PRIMARY KEY,
            game_id bigint NOT NULL,
            status integer NOT NULL,
            since_ms bigint NOT NULL,
            until_ms bigint NOT NULL,
            actor text NOT NULL,
            after_created_ms bigint NOT NULL,
            after_order_id text NOT NULL,
            after_number bigint NOT NULL,
            redelivered bigint NOT NULL,
            state integer NOT NULL,
            created_ms bigint NOT NULL)
        """,
    ];
}
