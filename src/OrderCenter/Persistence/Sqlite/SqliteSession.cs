using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>One SQLite connection with its prepared statements; used by one thread.</summary>
internal sealed class SqliteSession : Transaction, IDisposable
{
    public static readonly SqlStatement Begin = new("BEGIN");
    public static readonly SqlStatement BeginImmediate = new("BEGIN IMMEDIATE");
    private static readonly SqlStatement CommitSql = new("COMMIT");
    private static readonly SqlStatement RollbackSql = new("ROLLBACK");

    private readonly SqliteConnection _connection;
    private readonly StatementCache<SqliteStatement> _prepared;

    public SqliteSession(SqliteConnection connection) =>
        (_connection, _prepared) = (connection, new StatementCache<SqliteStatement>(Prepare));

    public void Commit() => Send(CommitSql);

    public void Rollback()
    {
        try
        {
            Send(RollbackSql);
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself already (a full disk, an I/O error); there is nothing left to undo.
        }
    }

    public override ValueTask<int> ExecuteAsync(SqlStatement statement, params object?[] parameters) =>
        ValueTask.FromResult(Execute(statement, parameters));

    public override void Send(SqlStatement statement, params object?[] parameters) => Execute(statement, parameters);

    public override ValueTask<List<T>> QueryAsync<T>(SqlStatement statement, Func<DbDataReader, T> read, params object?[] parameters)
    {
        if (statement.IsDynamic)
        {
            using var once = Prepare(statement);
            return ValueTask.FromResult(once.Query(read, parameters));
        }
        return ValueTask.FromResult(_prepared[statement].Query(read, parameters));
    }

    public void Dispose()
    {
        foreach (var statement in _prepared.All)
        {
            statement.Dispose();
        }
        _connection.Dispose();
    }

    private int Execute(SqlStatement statement, object?[] parameters)
    {
        if (statement.IsDynamic)
        {
            using var once = Prepare(statement);
            return once.Execute(parameters);
        }
        return _prepared[statement].Execute(parameters);
    }

    private SqliteStatement Prepare(SqlStatement statement) => new(_connection.Handle!, statement.Text);
}
