namespace OrderCenter.Store;

/// <summary>A unit of work that waits for its turn.</summary>
internal abstract class WorkItem
{
    /// <summary>Whether its caller went away before it began.</summary>
    public abstract bool IsCancelled { get; }

    /// <summary>Runs the unit and keeps its answer, which is given only by <see cref="Succeed"/>, after the commit.</summary>
    public abstract ValueTask RunAsync(Transaction transaction);

    public abstract void Succeed();

    public abstract void Fail(Exception reason);

    public abstract void Cancel();
}

internal sealed class WorkItem<T>(Func<Transaction, ValueTask<T>> work, CancellationToken cancellationToken) : WorkItem
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Answer => _answer.Task;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested;

    public override async ValueTask RunAsync(Transaction transaction) => _result = await work(transaction);

    public override void Succeed() => _answer.TrySetResult(_result);

    public override void Fail(Exception reason) => _answer.TrySetException(reason);

    public override void Cancel() => _answer.TrySetCanceled(cancellationToken);
}

/// <summary>Units that wait for a worker thread: bounded, first in first out, taken in batches of whatever waits. It never lingers for more. Requests and the
/// callback engine wait apart and take turns, so that a flood of the one does not starve the other.</summary>
internal sealed class WorkQueue(int waitingMax)
{
    private readonly Queue<WorkItem> _requests = new();
    private readonly Queue<WorkItem> _callbacks = new();
    private readonly object _gate = new();
    private bool _closed;

    /// <summary>False: too many wait already, or the store is closing.</summary>
    public bool TryAdd(WorkItem item, bool isOfCallbacks = false)
    {
        var waiting = isOfCallbacks ? _callbacks : _requests;
        lock (_gate)
        {
            if (_closed || waiting.Count >= waitingMax)
            {
                return false;
            }
            waiting.Enqueue(item);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Blocks until something waits, then takes up to <paramref name="batchMax"/>. False: closed and empty.</summary>
    public bool Take(List<WorkItem> batch, int batchMax)
    {
        batch.Clear();
        lock (_gate)
        {
            while (_requests.Count == 0 && _callbacks.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }
            while (batch.Count < batchMax && _requests.Count + _callbacks.Count > 0)
            {
                if (_callbacks.TryDequeue(out var callback))
                {
                    batch.Add(callback);
                }
                if (batch.Count < batchMax && _requests.TryDequeue(out var request))
                {
                    batch.Add(request);
                }
            }
            return batch.Count > 0;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
