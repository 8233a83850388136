namespace OrderCenter.Persistence.Schema;

/// <summary>What happened to the orders of a game, numbered without a gap; which node does a background job, and which keys nodes
/// have.</summary>
internal static class ChangesSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // What happened and has no number yet: written with the moves themselves, gone with the step that numbers them. On PostgreSQL the
        // changes of a commit are one row (a row for each cost it a quarter of its time at createorder: 33 instead of 25 microseconds an
        // order), on SQLite each has its own. The database counts the rows: a change that follows from one of an earlier commit was made
        // by a transaction that saw that commit, so its row has the higher count. The size is kept, so that a step need not read the
        // texts of a backlog to find how much it takes.
        "CREATE TABLE pending_changes (id bigint /* counted */ NOT NULL PRIMARY KEY, size integer NOT NULL, changes text NOT NULL)",
        // The feed, in pages of numbers without a gap: what is never changed and read in one go costs a row a page instead of one a
        // change, in time and in space. It is read and pruned from its key on, a game at a time: it needs no other index.
        """
        CREATE TABLE change_pages (
            game_id bigint NOT NULL,
            last_number bigint NOT NULL,
            first_number bigint NOT NULL CHECK (first_number <= last_number),
            last_ms bigint NOT NULL,
            chain_before text NOT NULL,
            changes text NOT NULL,
            PRIMARY KEY (game_id, last_number))
        """,
        // The last number that was given, game by game; never withdrawn. chain is a digest over all changes up to it, as chain_before is
        // up to a page: it shows whether a number that a reader has was given in this database's past, or in one that a restore has
        // undone.
        "CREATE TABLE change_heads (game_id bigint NOT NULL PRIMARY KEY, last_number bigint NOT NULL, chain text NOT NULL)",
        // Which node does a background job (the numbering of the feed, expiry, …), and until when. It spares work; what must happen once is
        // fenced by the rows that a job works on.
        "CREATE TABLE node_leases (job text NOT NULL PRIMARY KEY, owner text NOT NULL, lease_until_ms bigint NOT NULL)",
        // Which master keys each node has that runs: nothing is sealed anew under one that a node lacks.
        "CREATE TABLE node_keys (node text NOT NULL PRIMARY KEY, key_ids text NOT NULL, seen_ms bigint NOT NULL)",
    ];
}
