using System.Data.Common;

namespace OrderCenter.Persistence.Postgres;

/// <summary>A call whose answer is rows.</summary>
internal sealed class QueryCall<T>(
    PostgresTransaction transaction, SqlStatement statement, Func<DbDataReader, T> read, object?[] parameters)
    : PendingCall(transaction, statement, parameters)
{
    private readonly TaskCompletionSource<List<T>> _answer = new();
    private readonly List<T> _rows = [];
    private Exception? _fault;

    public Task<List<T>> Answer => _answer.Task;

    public override bool IsQuery => true;

    public override void Take(DbDataReader row)
    {
        try
        {
            _rows.Add(read(row));
        }
#pragma warning disable CA1031 // A row that cannot be read fails its work item; the other answers are still to be read.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fault ??= fault;
        }
    }

    public override void Complete()
    {
        if (_fault is null)
        {
            _answer.TrySetResult(_rows);
        }
        else
        {
            _answer.TrySetException(_fault);
        }
    }

    public override void Fail(Exception fault) => _answer.TrySetException(fault);
}
