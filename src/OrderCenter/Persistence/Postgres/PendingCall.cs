using System.Data.Common;

namespace OrderCenter.Persistence.Postgres;

/// <summary>One call of a statement that waits for its answer.</summary>
/// <param name="transaction">Who calls; null: the batch as a whole.</param>
/// <param name="statement">The statement.</param>
/// <param name="parameters">Its parameters.</param>
internal abstract class PendingCall(PostgresTransaction? transaction, SqlStatement statement, object?[] parameters)
{
    public PostgresTransaction? Transaction => transaction;

    public SqlStatement Statement => statement;

    public object?[] Parameters => parameters;

    public abstract bool IsQuery { get; }

    /// <summary>How many rows it changed.</summary>
    public int Changed { get; set; }

    /// <summary>Takes a row of the answer.</summary>
    public abstract void Take(DbDataReader row);

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}
