namespace OrderCenter.Store;

/// <summary>A unit of work that waits for its turn.</summary>
internal abstract class WorkItem
{
    /// <summary>Drops a unit whose caller went away before it began. False: it is waited for.</summary>
    public abstract bool TryCancel();

    /// <summary>Runs the unit and keeps its answer, which is given only by <see cref="Succeed"/>, after the commit.</summary>
    public abstract ValueTask RunAsync(Transaction transaction);

    /// <summary>Gives the answer. Of a light unit who waits for it goes on within this call.</summary>
    protected abstract void Succeed();

    public abstract void Fail(Exception reason);

    /// <summary>Whether who waits for it has little to do then (units of <see cref="Store.RecordAsync"/>), so that the answers of a commit are given one after the
    /// other in one go.</summary>
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

internal sealed class WorkItem<T>(Func<Transaction, ValueTask<T>> work, bool isLight, CancellationToken cancellationToken) : WorkItem
{
    private readonly TaskCompletionSource<T> _answer = new(isLight ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Answer => _answer.Task;

    public override async ValueTask RunAsync(Transaction transaction) => _result = await work(transaction);

    protected override bool IsLight => isLight;

    protected override void Succeed() => _answer.TrySetResult(_result);

    // Not on the store's thread, where what follows would run otherwise if the unit is light.
    public override void Fail(Exception reason) => ThreadPool.UnsafeQueueUserWorkItem(_ => _answer.TrySetException(reason), null);

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

/// <summary>Units that wait for a worker thread: bounded, first in first out, taken in batches of whatever waits. It never lingers for more. Requests and the
/// callback engine wait apart and take turns, so that a flood of the one does not starve the other.</summary>
/// <param name="waitingMax">How many of each kind may wait.</param>
/// <param name="helpAt">From how many waiting on a helper takes its part.</param>
/// <param name="helpPatience">How long something waits, with nothing taken, until a helper comes to it; null: 50 ms.</param>
internal sealed class WorkQueue(int waitingMax, int helpAt = int.MaxValue, TimeSpan? helpPatience = null)
{
    private readonly TimeSpan _helpPatience = helpPatience ?? TimeSpan.FromMilliseconds(50);
    private readonly Queue<WorkItem> _requests = new();
    private readonly Queue<WorkItem> _callbacks = new();
    private readonly object _gate = new();
    private readonly object _help = new();
    private bool _isHelpCalled;
    private long _takes;
    private bool _closed;

    private int Waiting => _requests.Count + _callbacks.Count;

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
            if (Waiting >= helpAt)
            {
                CallForHelp();
            }
            return true;
        }
    }

    /// <summary>Blocks until something waits, then takes up to <paramref name="batchMax"/>. False: closed and empty.</summary>
    public bool Take(List<WorkItem> batch, int batchMax)
    {
        lock (_gate)
        {
            while (Waiting == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }
            return Fill(batch, batchMax);
        }
    }

    /// <summary>As <see cref="Take"/>, for a worker beside the first: it takes its part only where much waits, or where nothing was taken for a while because the
    /// first one is held up. One worker with large batches does the same for less than two with small ones.</summary>
    public bool TakeAsHelper(List<WorkItem> batch, int batchMax)
    {
        var (seen, isPatienceOver) = (-1L, false);
        while (true)
        {
            lock (_gate)
            {
                if (_closed || Waiting >= helpAt || (isPatienceOver && Waiting > 0 && seen == _takes))
                {
                    return Fill(batch, batchMax);
                }
                seen = Waiting > 0 ? _takes : -1;
            }
            lock (_help)
            {
                isPatienceOver = !_isHelpCalled && !Monitor.Wait(_help, _helpPatience);
                _isHelpCalled = false;
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            CallForHelp();
        }
    }

    private void CallForHelp()
    {
        lock (_help)
        {
            _isHelpCalled = true;
            Monitor.Pulse(_help);
        }
    }

    private bool Fill(List<WorkItem> batch, int batchMax)
    {
        batch.Clear();
        _takes++;
        while (batch.Count < batchMax && Waiting > 0)
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
