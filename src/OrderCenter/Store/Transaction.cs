using System.Data.Common;

namespace OrderCenter.Store;

/// <summary>The database inside one unit of work. Units that wait together share one commit (see <see cref="Store"/>), so a unit must not throw for an
/// expected outcome, must undo itself what it does not want kept, and must be safe to run again from its start: nothing outside may change before
/// it has returned. It awaits nothing but this class.</summary>
/// <remarks>SQL is one text for both engines; parameters are <c>$1</c>, <c>$2</c>, … and only <c>string</c>, <c>long</c>, <c>int</c> or null.</remarks>
public abstract class Transaction
{
    private readonly List<Action> _afterCommit = [];
    private readonly List<Action> _afterRollback = [];

    /// <summary>Has something done once what this unit wrote is committed, and only then. It must be short and must not throw.</summary>
    public void AfterCommit(Action act) => _afterCommit.Add(act);

    /// <summary>Has something taken back where what this unit wrote is not kept; the unit may then run again. It must be short and must not throw.</summary>
    public void AfterRollback(Action act) => _afterRollback.Add(act);

    internal void End(bool isCommitted)
    {
        foreach (var act in isCommitted ? _afterCommit : _afterRollback)
        {
            act();
        }
        _afterCommit.Clear();
        _afterRollback.Clear();
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows it changed.</returns>
    public abstract ValueTask<int> ExecuteAsync(string sql, params object?[] parameters);

    /// <summary>Runs a query and reads every row that it answers; the statement bounds how many.</summary>
    public abstract ValueTask<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters);

    /// <summary>Runs a query of at most one row.</summary>
    public async ValueTask<T?> FindAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters)
        where T : class
    {
        var rows = await QueryAsync(sql, read, parameters);
        return rows.Count == 0 ? null : rows[0];
    }
}

/// <summary>Nullable columns.</summary>
public static class RowExtensions
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Number(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
