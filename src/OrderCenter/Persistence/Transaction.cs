using System.Data.Common;
using OrderCenter.Domain;

namespace OrderCenter.Persistence;

/// <summary>The database inside one work item. Items that wait together share one commit (see <see cref="Database"/>), so an item must
/// not throw for an expected outcome, must itself undo what it does not want kept, and must be safe to run again from its start: nothing
/// outside may change before it has returned. It awaits nothing but this class; statements that do not depend on one another may be
/// started together.</summary>
public abstract class Transaction
{
    private List<Action>? _afterCommit;
    private List<Action>? _afterRollback;

    /// <summary>Whether the item deleted or undid what it had written itself. Where items of a batch run side by side, another one may
    /// have seen it: then this one runs once more, alone.</summary>
    internal bool IsMarkedRolledBack { get; private set; }

    /// <summary>Endpoints that the commit announces to other nodes.</summary>
    internal HashSet<string>? Announced { get; private set; }

    /// <summary>Whether Citus distributes the tables over servers. A write that does not name the whole key of one row then costs all of
    /// them, and keeps all others that do the same waiting until its commit.</summary>
    public virtual bool IsDistributed => false;

    /// <summary>Who makes the writes of this item, for the audit log; null: the service itself, or a game.</summary>
    public Caller? Caller { get; internal set; }

    /// <summary>Runs an action once what this item wrote is committed, and only then. It must be short and must not throw.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    /// <summary>Runs an action where what this item wrote is not kept; the item may then run again. It must be short and must not
    /// throw.</summary>
    public void AfterRollback(Action action) => (_afterRollback ??= []).Add(action);

    /// <summary>Must be called before an item undoes what it wrote itself.</summary>
    public void MarkRolledBack() => IsMarkedRolledBack = true;

    /// <summary>Announces to the other nodes, with the commit, that a callback is due at an endpoint. Nothing depends on it: they also
    /// look periodically.</summary>
    public void Announce(string endpoint) => (Announced ??= new(StringComparer.Ordinal)).Add(endpoint);

    internal void End(bool isCommitted)
    {
        var actions = isCommitted ? _afterCommit : _afterRollback;
        (_afterCommit, _afterRollback, Announced, IsMarkedRolledBack) = (null, null, null, false);
        actions?.ForEach(static action => action());
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of rows it changed.</returns>
    public abstract ValueTask<int> ExecuteAsync(SqlStatement statement, params object?[] parameters);

    /// <summary>Runs a statement without waiting for its answer: it goes out with the next statements, at the latest with the commit.
    /// Where it fails, the item fails.</summary>
    public abstract void Send(SqlStatement statement, params object?[] parameters);

    /// <summary>Whether the item may use what was read before it began. Where that has changed since, its
    /// <see cref="ExecuteOptimisticAsync"/> fails, and it is run again with false.</summary>
    public virtual bool IsOptimistic => false;

    /// <summary>Runs a write that is all but sure to change its one row. An engine may answer true at once and write it with the commit:
    /// where the row is not changed then, nothing of the batch is kept, and its items run again and wait for the true answer. Later
    /// statements of the item run after it.</summary>
    /// <returns>Whether it changed the row.</returns>
    public virtual async ValueTask<bool> ExecuteOptimisticAsync(SqlStatement statement, params object?[] parameters) =>
        await ExecuteAsync(statement, parameters) == 1;

    /// <summary>Runs a query and reads every row of its result; the statement bounds how many.</summary>
    public abstract ValueTask<List<T>> QueryAsync<T>(SqlStatement statement, Func<DbDataReader, T> read, params object?[] parameters);

    /// <summary>Runs a query of at most one row.</summary>
    public async ValueTask<T?> FindAsync<T>(SqlStatement statement, Func<DbDataReader, T> read, params object?[] parameters)
        where T : class
    {
        var rows = await QueryAsync(statement, read, parameters);
        return rows.Count == 0 ? null : rows[0];
    }
}
