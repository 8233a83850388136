using System.Data.Common;

namespace OrderCenter.Store;

/// <summary>The database inside one unit of work. Units that wait together share one commit (see <see cref="Store"/>), so a unit must not throw for an
/// expected outcome, must undo itself what it does not want kept, and must be safe to run again from its start: nothing outside may change before
/// it has returned. It awaits nothing but this class; statements that do not depend on one another it may ask for together.</summary>
/// <remarks>SQL is one text for both engines; parameters are <c>$1</c>, <c>$2</c>, … and only <c>string</c>, <c>long</c>, <c>int</c> or null.</remarks>
public abstract class Transaction
{
    private List<Action>? _afterCommit;
    private List<Action>? _afterRollback;

    /// <summary>Whether the unit took something back that it had written. Where units of a batch run side by side, another one may have seen it: then this
    /// unit is run once more, by itself.</summary>
    internal bool TookBack { get; private set; }

    /// <summary>Whom the commit tells that a callback is due at their endpoint, where another node may have to send it.</summary>
    internal HashSet<string>? Announced { get; private set; }

    /// <summary>Has something done once what this unit wrote is committed, and only then. It must be short and must not throw.</summary>
    public void AfterCommit(Action act) => (_afterCommit ??= []).Add(act);

    /// <summary>Has something taken back where what this unit wrote is not kept; the unit may then run again. It must be short and must not throw.</summary>
    public void AfterRollback(Action act) => (_afterRollback ??= []).Add(act);

    /// <summary>Must be said by a unit that takes back what it wrote itself, before it does.</summary>
    public void TakesBack() => TookBack = true;

    /// <summary>Has the other nodes hear, with the commit, that something is due at an endpoint. Nothing depends on it: they look by themselves too.</summary>
    public void Announce(string endpoint) => (Announced ??= new(StringComparer.Ordinal)).Add(endpoint);

    internal void End(bool isCommitted)
    {
        var acts = isCommitted ? _afterCommit : _afterRollback;
        (_afterCommit, _afterRollback, Announced, TookBack) = (null, null, null, false);
        acts?.ForEach(static act => act());
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows it changed.</returns>
    public abstract ValueTask<int> ExecuteAsync(string sql, params object?[] parameters);

    /// <summary>Runs a statement that nobody waits for: it goes out with what is asked for next, at the latest with the commit. Where it fails, the unit fails.</summary>
    public abstract void Send(string sql, params object?[] parameters);

    /// <summary>Whether the unit may go on with what was read before it began. Where that has changed since, what it expects (<see cref="ExpectAsync"/>) does not
    /// come true, and it is run again without.</summary>
    public virtual bool Guesses => false;

    /// <summary>Runs a write that is all but sure to change its one row. An engine may say so at once and write it with the commit: where the row is not changed
    /// then, nothing of the batch is kept, and its units are run again and wait for the true answer. What a unit asks for afterwards runs after it.</summary>
    /// <returns>Whether it changed the row.</returns>
    public virtual async ValueTask<bool> ExpectAsync(string sql, params object?[] parameters) => await ExecuteAsync(sql, parameters) == 1;

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
