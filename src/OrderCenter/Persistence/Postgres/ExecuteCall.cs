using System.Data.Common;

namespace OrderCenter.Persistence.Postgres;

/// <summary>A call whose answer is the number of rows it changed.</summary>
internal sealed class ExecuteCall(PostgresTransaction? transaction, SqlStatement statement, object?[] parameters)
    : PendingCall(transaction, statement, parameters)
{
    // The work item continues inside SetResult, on the session's thread.
    private readonly TaskCompletionSource<int> _answer = new();

    public Task<int> Answer => _answer.Task;

    public override bool IsQuery => false;

    /// <summary>A row of the batch form: this call's key was changed.</summary>
    public override void Take(DbDataReader row) => Changed = 1;

    public override void Complete() => _answer.TrySetResult(Changed);

    public override void Fail(Exception fault) => _answer.TrySetException(fault);
}
