using System.Diagnostics;
using OrderCenter.Domain;

namespace OrderCenter.Persistence.Queueing;

/// <summary>Work that waits for its transaction.</summary>
/// <param name="addedAt">When it began to wait, a timestamp of the clock.</param>
internal abstract class WorkItem(long addedAt)
{
    public long AddedAt => addedAt;

    /// <summary>Drops an item whose caller gave up before it began. False: the caller still waits.</summary>
    public abstract bool TryCancel();

    /// <summary>Runs the item and keeps its answer, which is given only by <see cref="Succeed"/>, after the commit.</summary>
    public abstract ValueTask RunAsync(Transaction transaction);

    /// <summary>Gives the answer. The caller of a light item continues within this call.</summary>
    protected abstract void Succeed();

    public abstract void Fail(Exception reason);

    /// <summary>Whether its caller has little to do then (<see cref="Database.RecordAsync"/>), so that all such answers of a commit are
    /// given one after the other on one thread.</summary>
    protected abstract bool IsLight { get; }

    /// <summary>The batch is committed. What follows runs on the thread pool.</summary>
    public static void SucceedAll(IReadOnlyList<WorkItem> batch)
    {
        List<WorkItem>? light = null;
        foreach (var item in batch)
        {
            if (item.IsLight)
            {
                (light ??= new List<WorkItem>(batch.Count)).Add(item);
            }
            else
            {
                item.Succeed();
            }
        }
        if (light is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static items => items.ForEach(static item => item.Succeed()), light, preferLocal: false);
        }
    }
}

internal sealed class WorkItem<T>(
    Func<Transaction, ValueTask<T>> work, bool isLight, long addedAt, CancellationToken cancellationToken) : WorkItem(addedAt)
{
    private readonly TaskCompletionSource<T> _answer = new(
        isLight ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActivityContext _caller = Tracing.Caller;
    private readonly Caller? _author = AuditScope.Caller;
    private Activity? _span;
    private T _result = default!;

    public Task<T> Answer => _answer.Task;

    public override async ValueTask RunAsync(Transaction transaction)
    {
        if (_caller != default)
        {
            // After a batch that failed, it runs again.
            _span?.Dispose();
            _span = Tracing.Start("transaction", ActivityKind.Internal, _caller);
        }
        transaction.Caller = _author;
        _result = await work(transaction);
    }

    protected override bool IsLight => isLight;

    protected override void Succeed()
    {
        _span?.Dispose();
        _answer.TrySetResult(_result);
    }

    // Not on the database thread, where the caller of a light item would continue otherwise.
    public override void Fail(Exception reason)
    {
        _span?.SetStatus(ActivityStatusCode.Error, reason.Message).Dispose();
        ThreadPool.UnsafeQueueUserWorkItem(_ => _answer.TrySetException(reason), null);
    }

    public override bool TryCancel()
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        ThreadPool.UnsafeQueueUserWorkItem(_ => _answer.TrySetCanceled(cancellationToken), null);
        return true;
    }
}
