using System.Data.Common;

namespace OrderCenter.Persistence.Keys;

/// <summary>A column that holds texts sealed by the <see cref="Vault"/>. Whoever seals texts for a table declares its column
/// (<c>Hosting/Operation/OperationRegistration</c> lists them), so that they are counted, and sealed anew when the master key
/// changes.</summary>
public sealed class SealedColumn
{
    private readonly string[] _keyColumns;
    private readonly Func<SealedRow, string> _placeOf;
    private readonly Lazy<SqlStatement> _pageSql;
    private readonly Lazy<SqlStatement> _updateSql;

    /// <param name="table">The table.</param>
    /// <param name="key">The columns of its primary key, with commas between.</param>
    /// <param name="column">The column with the sealed texts.</param>
    /// <param name="placeOf">The place that a row's text is bound to.</param>
    public SealedColumn(string table, string key, string column, Func<SealedRow, string> placeOf)
    {
        (Table, Column, _keyColumns, _placeOf) = (table, column, key.Split(", "), placeOf);
        _pageSql = new Lazy<SqlStatement>(BuildPage);
        _updateSql = new Lazy<SqlStatement>(BuildUpdate);
    }

    public string Table { get; }

    public string Column { get; }

    /// <summary>The columns of the key that are numbers; the others are texts.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Further columns that the place is made of.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>What may stand before the sealed text within the column, as a pattern of <c>LIKE</c>.</summary>
    public string Before { get; init; } = "";

    /// <summary>Takes the sealed text out of the column's; null: there is none.</summary>
    public Func<string, string?> Extract { get; init; } = static text => text;

    /// <summary>Puts another sealed text in its place: the column's text, then the sealed one.</summary>
    public Func<string, string, string> Replace { get; init; } = static (_, sealedText) => sealedText;

    /// <summary>The key of the row under the present master key, made of what is sealed; null: the key does not depend on it.</summary>
    public Func<Vault, string, string>? KeyOf { get; init; }

    /// <summary>Whether the column also holds texts of others, which may look as if they were sealed.</summary>
    public bool MayHoldOther { get; init; }

    /// <summary>How many rows a step reads: fewer where the texts may be long.</summary>
    public int StepRows { get; init; } = 500;

    /// <summary>Taken by a transaction before it writes.</summary>
    internal Func<Transaction, ValueTask> LockAsync { get; init; } = static _ => ValueTask.CompletedTask;

    /// <summary>A name for people.</summary>
    public override string ToString() => $"{Table}.{Column}";

    /// <summary>Rows behind a key, in the order of the keys.</summary>
    internal ValueTask<List<SealedRow>> PageAsync(Transaction transaction, IReadOnlyList<object>? after, string keyId, int limit) =>
        transaction.QueryAsync(
            _pageSql.Value, Read, [.. after ?? First(), $"{Before}{Vault.Prefix}{keyId}.%", limit]);

    /// <summary>Opens the text of a row.</summary>
    /// <exception cref="DatabaseUnavailableException">Its key is not given, or it was altered.</exception>
    internal string Open(Vault vault, SealedRow row, string sealedText) => vault.Open(sealedText, _placeOf(row));

    /// <summary>Seals a row's text anew, where the row still is as it was read.</summary>
    /// <returns>False: it was changed in between, or its key under the present master key is taken.</returns>
    internal async ValueTask<bool> ResealAsync(Transaction transaction, Vault vault, SealedRow row, string plain)
    {
        var key = KeyOf?.Invoke(vault, plain);
        var sealedText = vault.Seal(plain, _placeOf(key is null ? row : row with { Key = [key] }));
        object?[] parameters = [.. row.Key, row.Text, Replace(row.Text!, sealedText)];
        return await transaction.ExecuteAsync(_updateSql.Value, key is null ? parameters : [.. parameters, key]) == 1;
    }

    /// <summary>Texts that are sealed under the present key are not read, only counted; what is not sealed is null.</summary>
    private SqlStatement BuildPage()
    {
        var count = _keyColumns.Length;
        var key = string.Join(", ", _keyColumns);
        var names = string.Join(", ", _keyColumns.Concat(Also));
        var after = string.Join(", ", Enumerable.Range(1, count).Select(i => $"${i}"));
        return new SqlStatement(
            $"SELECT {names}, CASE WHEN {Column} LIKE ${count + 1} THEN '' " +
            $"WHEN {Column} LIKE '{Before}{Vault.Prefix}%' THEN {Column} END " +
            $"FROM {Table} WHERE ({key}) > ({after}) ORDER BY {key} LIMIT ${count + 2}");
    }

    // Compare and set: what another writer has changed meanwhile is his, and is found by the next pass.
    private SqlStatement BuildUpdate()
    {
        var count = _keyColumns.Length;
        var isRow = string.Join(" AND ", _keyColumns.Select((name, i) => $"{name} = ${i + 1}"));
        var (setKey, isFree) = KeyOf is null
            ? ("", "")
            : ($", {_keyColumns[0]} = ${count + 3}",
                $" AND NOT EXISTS (SELECT 1 FROM {Table} AS other WHERE other.{_keyColumns[0]} = ${count + 3})");
        return new SqlStatement(
            $"UPDATE {Table} SET {Column} = ${count + 2}{setKey} WHERE {isRow} AND {Column} = ${count + 1}{isFree}");
    }

    /// <summary>Before the first key.</summary>
    private object[] First() => [.. _keyColumns.Select(name => Numbers.Contains(name) ? (object)0L : "")];

    private SealedRow Read(DbDataReader row)
    {
        object[] Values(int from, int count) => [.. Enumerable.Range(from, count).Select(row.GetValue)];
        return new SealedRow(
            Values(0, _keyColumns.Length), Values(_keyColumns.Length, Also.Count), row.Text(_keyColumns.Length + Also.Count));
    }
}
