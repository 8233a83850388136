namespace OrderCenter.Persistence.Schema;

/// <summary>Operators, their sessions, API tokens, failed sign-ins, and the audit log.</summary>
internal static class OperatorsSchema
{
    public static IReadOnlyList<string> Statements =>
    [
        // The key is the name in lower case. version rises with every change that ends the sessions. games: numbers with commas between,
        // null: all. code_step: the last time step whose code was used, so that a code is used once.
        """
        CREATE TABLE operators (
            operator_key text NOT NULL PRIMARY KEY,
            name text NOT NULL,
            role integer NOT NULL,
            games text,
            password_hash text NOT NULL,
            must_change integer NOT NULL,
            disabled integer NOT NULL,
            version bigint NOT NULL,
            code_secret text,
            new_code_secret text,
            code_step bigint NOT NULL DEFAULT 0,
            created_ms bigint NOT NULL,
            updated_ms bigint NOT NULL)
        """,
        // session_key is a digest of what the cookie holds: whoever reads this table has no session.
        """
        CREATE TABLE sessions (
            session_key text NOT NULL PRIMARY KEY,
            operator_key text NOT NULL,
            version bigint NOT NULL,
            created_ms bigint NOT NULL,
            used_ms bigint NOT NULL)
        """,
        "CREATE INDEX sessions_by_age ON sessions (created_ms)",
        """
        CREATE TABLE api_tokens (
            token_id text NOT NULL PRIMARY KEY,
            name text NOT NULL,
            role integer NOT NULL,
            games text,
            digest text NOT NULL,
            expires_ms bigint,
            created_by text NOT NULL,
            created_ms bigint NOT NULL)
        """,
        // Two rows an attempt: of the name and of the address. A row is written before the password is looked at.
        """
        CREATE TABLE sign_in_attempts (
            subject text NOT NULL,
            attempt_id text NOT NULL,
            at_ms bigint NOT NULL,
            PRIMARY KEY (subject, attempt_id))
        """,
        "CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (at_ms)",
        // An entry is added without number and hashes, and gets them once, when it is chained.
        """
        CREATE TABLE audit_entries (
            entry_id text NOT NULL PRIMARY KEY,
            at_ms bigint NOT NULL,
            actor text NOT NULL,
            via text NOT NULL,
            role text,
            address text,
            action text NOT NULL,
            game_id bigint,
            target text,
            old_value text,
            new_value text,
            reason text,
            number bigint,
            previous_hash text,
            hash text)
        """,
        "CREATE INDEX audit_entries_by_time ON audit_entries (at_ms, entry_id)",
        "CREATE INDEX audit_entries_by_game ON audit_entries (game_id, at_ms, entry_id)",
        "CREATE INDEX audit_entries_by_actor ON audit_entries (actor, at_ms, entry_id)",
        "CREATE INDEX audit_entries_by_number ON audit_entries (number)",
        "CREATE INDEX audit_entries_not_chained ON audit_entries (at_ms, entry_id) WHERE number IS NULL",
        // One row: the last entry of the chain.
        "CREATE TABLE audit_head (head_id integer NOT NULL PRIMARY KEY, number bigint NOT NULL, hash text NOT NULL)",
        "INSERT INTO audit_head (head_id, number, hash) VALUES (1, 0, '')",
    ];
}
