namespace OrderCenter.Persistence.Schema;

/// <summary>How the tables are distributed over the servers of a Citus cluster (docs/scaling.md): by a column of their keys that spreads,
/// or, where they are small, on the coordinator. A table that Citus knows already is left as it is.</summary>
internal static class Distribution
{
    /// <summary>Tables with the column that they are distributed by. Those of one column lie together, so that an order and its callbacks
    /// share a shard.</summary>
    public static readonly IReadOnlyList<(string Table, string Column)> Tables =
    [
        ("orders", "order_id"), ("callbacks", "order_id"), ("callback_attempts", "order_id"), ("unapplied_payments", "order_id"),
        ("refused_receipts", "order_id"), ("audit_log", "order_id"), ("payment_lookups", "order_id"), ("fulfilment_reports", "order_id"),
        ("order_notifications", "order_id"), ("order_consumption", "order_id"), ("unapplied_transactions", "transaction_id"),
        ("order_keys", "merchant_order_id"), ("payments", "transaction_id"), ("refund_events", "transaction_id"),
        ("refunds", "transaction_id"), ("notification_transactions", "transaction_id"), ("request_keys", "request_key"),
        ("notifications", "notification_key"),
        ("users", "uid"), ("user_open_ids", "uid"), ("points_postings", "uid"), ("points_lines", "uid"), ("points_balances", "uid"),
        ("open_ids", "open_id"), ("statement_lines", "reconciliation_id"), ("reconciliation_totals", "reconciliation_id"),
        ("reconciliation_discrepancies", "reconciliation_id"),
        ("change_pages", "game_id"), ("change_heads", "game_id"),
    ];

    /// <summary>Tables that stay where the nodes connect, on the coordinator: what is small, and <c>pending_changes</c>, whose rows must be
    /// seen in the order of their commits, which only one server has. As reference tables they would be on every server, and no row of
    /// them could be written while one of the servers is away. Citus knows of them, or it would commit a batch that wrote to one other
    /// server in one phase: there first, and here later or, after a crash, never. So it prepares there, commits here, and commits there
    /// last: whoever sees that an order moved sees its change.</summary>
    public static readonly IReadOnlyList<string> Local =
    [
        "apps", "callback_endpoints", "redelivery_jobs", "cards", "card_backlog", "event_polls", "reconciliations", "statement_files",
        "node_leases", "node_keys", "operators", "sessions", "api_tokens", "sign_in_attempts", "audit_entries", "audit_head",
        "pending_changes", "alerts", "open_alerts", "alert_observations", "alert_deliveries", "alert_settings", "order_statistics",
        "health_statistics", "erasures", "waiting_erasures", "refund_questions", "statement_fetches",
    ];

    /// <summary>The coordinator must be among the cluster's servers (<c>citus_set_coordinator_host</c>).</summary>
    public static IEnumerable<string> Statements =>
        Local.Select(table => Once(table, $"citus_add_local_table_to_metadata('{table}')"))
            .Concat(Tables.Select(place => Once(place.Table, $"create_distributed_table('{place.Table}', '{place.Column}')")));

    private static string Once(string table, string call) =>
        $"SELECT {call} WHERE NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = '{table}'::regclass)";
}
