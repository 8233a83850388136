namespace OrderCenter.Persistence;

/// <summary>Corrects what a wrong clock left in the database: leases that end too late, and due times too far ahead. Every statement may
/// be run at any time and by any number of nodes.</summary>
public static class ClockRepair
{
    /// <summary>No lease is longer (polling a store for events: 10 min).</summary>
    public const long LeaseMaxMs = 15 * 60_000;

    /// <summary>Two nodes' clocks may differ by less.</summary>
    private const long NoiseMs = 10_000;

    private const int StepMax = 500;

    private const long Hour = 3_600_000;

    /// <summary>The tables of <see cref="LeasedRows"/>, and the longest that a row of each waits, with a margin; 0: that is not
    /// known.</summary>
    private static readonly (string Table, long WaitMaxMs)[] s_leased =
    [
        ("notifications", 2 * Hour), ("fulfilment_reports", 7 * Hour), ("event_polls", 2 * Hour), ("reconciliations", NoiseMs),
        ("statement_fetches", 7 * Hour), ("alert_deliveries", Hour), ("payment_lookups", 0),
    ];

    /// <summary>Shortens every lease, in whatever table, that ends after $1, to $2.</summary>
    private static readonly SqlStatement[] s_cap =
    [
        .. s_leased.Select(
            leased => new SqlStatement($"UPDATE {leased.Table} SET lease_until_ms = $2 WHERE due_ms IS NOT NULL AND lease_until_ms > $1")),
        new("UPDATE callbacks SET lease_until_ms = $2 WHERE status = 1 AND lease_until_ms > $1"),
        new("UPDATE node_leases SET lease_until_ms = $2 WHERE lease_until_ms > $1"),
        new("UPDATE request_keys SET lease_until_ms = $2 WHERE status = 0 AND lease_until_ms > $1"),
    ];

    private static readonly (SqlStatement Sql, long WaitMaxMs)[] s_pull =
    [
        .. s_leased.Where(leased => leased.WaitMaxMs > 0)
            .Select(leased => (new SqlStatement($"UPDATE {leased.Table} SET due_ms = $2 WHERE due_ms > $1"), leased.WaitMaxMs)),
    ];

    private static readonly SqlStatement PullLookupsSql = new("UPDATE payment_lookups SET due_ms = $2 WHERE due_ms > $1 AND since_ms > $3");

    // Only what an attempt or an event in the future explains, or what a person sent again: a long Retry-After stays. The scan is a
    // reader's.
    private static readonly SqlStatement AheadSql = new(
        "SELECT order_id, number FROM callbacks WHERE status = 0 AND due_ms > $1 " +
        "AND (started_ms > $1 OR event_ms > $1 OR (step = 0 AND attempts > 0)) LIMIT $2");

    private static readonly SqlStatement PullCallbackSql = new(
        "UPDATE callbacks SET due_ms = $3 WHERE order_id = $1 AND number = $2 AND status + 0 = 0 AND due_ms + 0 > $4");

    /// <summary>Ends every lease: this process owns the file, so whoever wrote them is gone.</summary>
    internal static async ValueTask VoidLeasesAsync(Transaction transaction)
    {
        foreach (var statement in s_cap)
        {
            await transaction.ExecuteAsync(statement, 0, 0);
        }
    }

    /// <summary>Has no lease end later than any that was written now: the database's clock was set back, and they would stand for as
    /// long.</summary>
    public static async Task CapLeasesAsync(Database store, CancellationToken cancellationToken)
    {
        foreach (var statement in s_cap)
        {
            var maxMs = store.Leases.NowMs + LeaseMaxMs;
            await store.UpkeepAsync(transaction => transaction.ExecuteAsync(statement, maxMs, maxMs), cancellationToken);
        }
    }

    /// <summary>Makes due what waits only because a clock was ahead when it was written.</summary>
    /// <param name="store">The store.</param>
    /// <param name="nowMs">The wall clock, Unix milliseconds.</param>
    /// <param name="hasGoneBack">Whether this node's clock was set back just now: then all that concerns stores is due at once. False, at
    /// a start: only what waits longer than it ever should.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many callbacks were made due.</returns>
    public static async Task<int> PullInAsync(Database store, long nowMs, bool hasGoneBack, CancellationToken cancellationToken)
    {
        var laterMs = nowMs + NoiseMs;
        foreach (var (sql, waitMaxMs) in s_pull)
        {
            await store.UpkeepAsync(
                transaction => transaction.ExecuteAsync(sql, hasGoneBack ? laterMs : nowMs + waitMaxMs, nowMs), cancellationToken);
        }
        await store.UpkeepAsync(
            transaction => transaction.ExecuteAsync(PullLookupsSql, laterMs, nowMs, hasGoneBack ? 0 : laterMs), cancellationToken);
        var count = 0;
        List<(string OrderId, long Number)> ahead;
        do
        {
            ahead = await store.SearchAsync(
                transaction => transaction.QueryAsync(AheadSql, row => (row.GetString(0), row.GetInt64(1)), laterMs, StepMax),
                cancellationToken);
            count += await store.UpkeepAsync(transaction => PullAsync(transaction, ahead, nowMs, laterMs), cancellationToken);
        }
        while (ahead.Count == StepMax);
        return count;
    }

    private static async ValueTask<int> PullAsync(
        Transaction transaction, List<(string OrderId, long Number)> ahead, long nowMs, long laterMs)
    {
        var count = 0;
        foreach (var pulled in ahead.ConvertAll(id => transaction.ExecuteAsync(PullCallbackSql, id.OrderId, id.Number, nowMs, laterMs)))
        {
            count += await pulled;
        }
        return count;
    }
}
