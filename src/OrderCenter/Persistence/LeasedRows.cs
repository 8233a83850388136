using System.Data.Common;

namespace OrderCenter.Persistence;

/// <summary>The rows of a table that are due at a time, each worked on by one node at a time. Every such table has the columns
/// <c>due_ms</c> (null: nothing is left to do), <c>attempts</c> (how often it was claimed), <c>lease_until_ms</c> (0: no node works on
/// it) and <c>lease</c>. That is the fence: every claim and every write that ends one counts it on, and a write names the lease that it
/// belongs to. So a node whose lease ran out, or that has ended it already, changes nothing.</summary>
/// <remarks>Rows are chosen first and then claimed each by its key, in the order of the keys: nodes that claim the same rows at once do not
/// deadlock, and on Citus each claim goes to one shard. Of two that claim a row one changes it, since the conditions are repeated. There
/// they are sums: a planner that sees <c>due_ms &lt;= $1</c> may take the small index of what is due for a statement that has the whole
/// key, and walk all of it.</remarks>
internal sealed class LeasedRows
{
    private readonly string _table;
    private readonly string _isLeased;
    private readonly int _keyColumns;
    private readonly SqlStatement _dueSql;
    private readonly SqlStatement _claimSql;
    private readonly SqlStatement _releaseSql;

    /// <param name="table">The table.</param>
    /// <param name="key">The columns of its key, with commas between.</param>
    /// <param name="columns">What a claim returns.</param>
    public LeasedRows(string table, string key, string columns)
    {
        var names = key.Split(", ");
        var isRow = string.Concat(names.Select((name, i) => $"{name} = ${i + 1} AND "));
        (_table, _keyColumns) = (table, names.Length);
        _isLeased = $"{isRow}lease = ${names.Length + 1}";
        _dueSql = new SqlStatement(
            $"SELECT {key} FROM {table} WHERE due_ms <= $1 AND lease_until_ms <= $2 ORDER BY due_ms, {key} LIMIT $3");
        _claimSql = new SqlStatement(
            $"UPDATE {table} SET lease = lease + 1, lease_until_ms = ${names.Length + 3}, attempts = attempts + 1 WHERE {isRow}" +
            $"due_ms + 0 <= ${names.Length + 1} AND lease_until_ms + 0 <= ${names.Length + 2} RETURNING {columns}");
        _releaseSql = End();
    }

    /// <summary>Claims rows that are due and that no node works on, the oldest first.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="read">Reads a claimed row.</param>
    /// <param name="nowMs">What is due by then, Unix milliseconds.</param>
    /// <param name="leaseUntilMs">Until when they are leased, by <see cref="LeaseClock.NowMs"/>.</param>
    /// <param name="overMs"><see cref="LeaseClock.OverMs"/>.</param>
    /// <param name="limit">How many at most.</param>
    public async ValueTask<List<T>> ClaimAsync<T>(
        Transaction transaction, Func<DbDataReader, T> read, long nowMs, long leaseUntilMs, long overMs, int limit)
    {
        var due = await transaction.QueryAsync(_dueSql, ReadKey, nowMs, overMs, limit);

        // All begin before the first is awaited, so that they share a round trip.
        var claims = due.Order(KeyOrder.Instance)
            .ToDictionary(key => key, key => transaction.QueryAsync(_claimSql, read, [.. key, nowMs, overMs, leaseUntilMs]).AsTask());
        var claimed = new List<T>(due.Count);
        foreach (var key in due)
        {
            claimed.AddRange(await claims[key]);
        }
        return claimed;
    }

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

    private object[] ReadKey(DbDataReader row) => [.. Enumerable.Range(0, _keyColumns).Select(row.GetValue)];

    /// <summary>Texts byte by byte, numbers by size: the same order on every node.</summary>
    private sealed class KeyOrder : IComparer<object[]>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(object[]? left, object[]? right) =>
            left!.Zip(right!, static (first, second) => first is string text
                ? string.CompareOrdinal(text, (string)second)
                : Convert.ToInt64(first).CompareTo(Convert.ToInt64(second)))
            .FirstOrDefault(static order => order != 0);
    }
}
