using System.Data.Common;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The database as one work item of a batch sees it.</summary>
internal sealed class PostgresTransaction(PostgresSession session, bool isOptimistic, bool isDistributed) : Transaction
{
    public override bool IsDistributed => isDistributed;

    public override bool IsOptimistic => isOptimistic;

    /// <summary>The position of its latest command in the round trip that is being put together: its next one must not come
    /// before.</summary>
    public int LastPosition { get; set; }

    public override ValueTask<int> ExecuteAsync(SqlStatement statement, params object?[] parameters) =>
        session.ExecuteAsync(this, statement, parameters);

    public override ValueTask<bool> ExecuteOptimisticAsync(SqlStatement statement, params object?[] parameters)
    {
        if (!isOptimistic || statement.OrFail is not { } orFail)
        {
            return base.ExecuteOptimisticAsync(statement, parameters);
        }
        session.SendOptimistic(this, orFail, parameters);
        return new ValueTask<bool>(true);
    }

    public override void Send(SqlStatement statement, params object?[] parameters) => session.Send(this, statement, parameters);

    public override ValueTask<List<T>> QueryAsync<T>(SqlStatement statement, Func<DbDataReader, T> read, params object?[] parameters) =>
        session.QueryAsync(this, statement, read, parameters);
}
