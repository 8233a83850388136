using System.Data.Common;

namespace OrderCenter.Persistence;

/// <summary>The rows of a table that are due at a time, each worked on by one node at a time. Every such table has the columns
/// <c>due_ms</c> (null: nothing is left to do), <c>attempts</c> (how often it was claimed), <c>lease_until_ms</c> (0: no node works on
/// it) and <c>lease</c>. That is the fence: every claim and every write that ends one counts it on, and a write names the lease that it
/// belongs to. So a node whose lease ran out, or that has ended it already, changes nothing.</summary>
/// <remarks>Of two that claim at once one changes the row, since the conditions are repeated outside the choice. There they are sums: a
/// planner that sees <c>due_ms &lt;= $1</c> may take the small index of what is due for a statement that has the whole key, and walk all
/// of it. The order is total, because on Citus each server runs the statement for its own copy of a reference table.</remarks>
internal sealed class LeasedRows
{
    private readonly string _table;
    private readonly string _isLeased;
    private readonly SqlStatement _claimSql;
    private readonly SqlStatement _releaseSql;

    /// <param name="table">The table.</param>
    /// <param name="key">The columns of its key, with commas between.</param>
    /// <param name="columns">What a claim returns.</param>
    public LeasedRows(string table, string key, string columns)
    {
        var names = key.Split(", ");
        _table = table;
        _isLeased = $"{string.Concat(names.Select((name, i) => $"{name} = ${i + 1} AND "))}lease = ${names.Length + 1}";
        _claimSql = new SqlStatement(
            $"WITH due AS (SELECT {key} FROM {table} WHERE due_ms <= $1 AND lease_until_ms <= $2 ORDER BY due_ms, {key} LIMIT $3) " +
            $"UPDATE {table} SET lease = lease + 1, lease_until_ms = $4, attempts = attempts + 1 " +
            $"WHERE ({key}) IN (SELECT {key} FROM due) AND due_ms + 0 <= $1 AND lease_until_ms + 0 <= $2 RETURNING {columns}");
        _releaseSql = End();
    }

    /// <summary>Claims rows that are due and that no node works on, the oldest first.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="read">Reads a claimed row.</param>
    /// <param name="nowMs">What is due by then, Unix milliseconds.</param>
    /// <param name="leaseUntilMs">Until when they are leased, by <see cref="LeaseClock.NowMs"/>.</param>
    /// <param name="overMs"><see cref="LeaseClock.OverMs"/>.</param>
    /// <param name="limit">How many at most.</param>
    public ValueTask<List<T>> ClaimAsync<T>(
        Transaction transaction, Func<DbDataReader, T> read, long nowMs, long leaseUntilMs, long overMs, int limit) =>
        transaction.QueryAsync(_claimSql, read, nowMs, overMs, limit, leaseUntilMs);

    /// <summary>Ends a lease without a result: the row is due for whoever claims next.</summary>
    /// <returns>0: the lease was over already.</returns>
    public ValueTask<int> ReleaseAsync(Transaction transaction, params object?[] keyAndLease) =>
        transaction.ExecuteAsync(_releaseSql, keyAndLease);

    /// <summary>A write that ends a lease: it postpones the row, where it sets a due time, or finishes it, where it sets none.</summary>
    /// <param name="set">What it sets besides. The parameters begin with the key and the lease.</param>
    /// <param name="leaseUntil">Until when the row is leased anew; 0: it is free.</param>
    public SqlStatement End(string set = "", string leaseUntil = "0") =>
        new($"UPDATE {_table} SET {set}{(set.Length > 0 ? ", " : "")}lease = lease + 1, lease_until_ms = {leaseUntil} WHERE {_isLeased}");

    /// <summary>A write under a lease that goes on.</summary>
    /// <param name="set">What it sets. The parameters begin with the key and the lease.</param>
    public SqlStatement Keep(string set) => new($"UPDATE {_table} SET {set} WHERE {_isLeased}");
}
