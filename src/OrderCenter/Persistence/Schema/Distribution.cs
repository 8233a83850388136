namespace OrderCenter.Persistence.Schema;

/// <summary>How the tables are spread over the nodes of a Citus cluster (docs/scaling.md). Each is distributed by a column of its key
/// that spreads; what is small and read by every node is a reference table, whole on each. A table that is distributed already is left as
/// it is.</summary>
internal static class Distribution
{
    /// <summary>Tables with the column that they are distributed by. Those of one column lie together, so that an order and its callbacks
    /// share a shard.</summary>
    public static readonly IReadOnlyList<(string Table, string Column)> Tables =
    [
        ("orders", "order_id"), ("callbacks", "order_id"), ("callback_attempts", "order_id"), ("unapplied_payments", "order_id"),
        ("refused_receipts", "order_id"), ("audit_log", "order_id"), ("payment_lookups", "order_id"), ("fulfilment_reports", "order_id"),
        ("order_keys", "merchant_order_id"), ("payments", "transaction_id"), ("refund_events", "transaction_id"),
        ("partial_refunds", "transaction_id"), ("request_keys", "request_key"), ("notifications", "notification_key"),
        ("users", "uid"), ("user_open_ids", "uid"), ("points_postings", "uid"), ("points_lines", "uid"), ("points_balances", "uid"),
        ("open_ids", "open_id"), ("statement_lines", "reconciliation_id"), ("reconciliation_totals", "reconciliation_id"),
        ("reconciliation_discrepancies", "reconciliation_id"),
        ("change_pages", "game_id"), ("change_heads", "game_id"),
    ];

    /// <summary>Tables that every node holds whole.</summary>
    public static readonly IReadOnlyList<string> References =
    [
        "apps", "callback_endpoints", "redelivery_jobs", "cards", "card_backlog", "event_polls", "reconciliations",
        "statement_files", "change_sequencer", "operators", "sessions", "api_tokens", "sign_in_attempts", "audit_head",
    ];

    /// <summary>Tables that stay where the nodes connect, on the coordinator: their rows are seen in the order in which they were
    /// committed only within one server. Citus knows of them, or it would commit a batch that wrote to one other server in one phase:
    /// there first, and here later or, after a crash, never. So it prepares there, commits here, and commits there last: whoever sees
    /// that an order moved sees its change.</summary>
    public static readonly IReadOnlyList<string> Local = ["pending_changes", "audit_entries"];

    public static IEnumerable<string> Statements =>
        References.Select(table => Once(table, $"create_reference_table('{table}')"))
            .Concat(Tables.Select(place => Once(place.Table, $"create_distributed_table('{place.Table}', '{place.Column}')")));

    /// <summary>Need the coordinator among the cluster's servers (<c>citus_set_coordinator_host</c>); without it they are refused, and
    /// the rest works.</summary>
    public static IEnumerable<string> LocalStatements =>
        Local.Select(table => Once(table, $"citus_add_local_table_to_metadata('{table}')"));

    private static string Once(string table, string call) =>
        $"SELECT {call} WHERE NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = '{table}'::regclass)";
}
