namespace OrderCenter.Persistence.Schema;

/// <summary>Users, their openIds and the points ledger.</summary>
internal static class AccountsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        """
        CREATE TABLE users (
            uid text NOT NULL PRIMARY KEY,
            plat_account text NOT NULL,
            user_name text NOT NULL,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL)
        """,
        // One openId for each user and game; it is looked up by itself, so both directions are a primary key.
        "CREATE TABLE user_open_ids (uid text NOT NULL, game_id bigint NOT NULL, open_id text NOT NULL, PRIMARY KEY (uid, game_id))",
        "CREATE TABLE open_ids (open_id text NOT NULL PRIMARY KEY, uid text NOT NULL, game_id bigint NOT NULL)",
        // Double entry: the lines of a posting add up to zero. A balance is the sum of its account's lines; balance_e4 of a posting is
        // what it was right after it, so that a repeat is answered as the first was.
        """
        CREATE TABLE points_postings (
            uid text NOT NULL,
            posting_key text NOT NULL,
            amount_e4 bigint NOT NULL,
            balance_e4 bigint NOT NULL,
            reason text NOT NULL,
            actor text NOT NULL,
            at_ms bigint NOT NULL,
            PRIMARY KEY (uid, posting_key))
        """,
        """
        CREATE TABLE points_lines (
            uid text NOT NULL,
            posting_key text NOT NULL,
            account text NOT NULL,
            amount_e4 bigint NOT NULL,
            PRIMARY KEY (uid, posting_key, account))
        """,
        "CREATE TABLE points_balances (uid text NOT NULL PRIMARY KEY, balance_e4 bigint NOT NULL)",
    ];
}
