namespace OrderCenter.Persistence.Queueing;

/// <summary>Work items that wait for a worker thread: bounded, first in first out, taken in batches of whatever waits. Requests and
/// callbacks wait apart and take turns, so that a flood of the one does not starve the other.</summary>
/// <param name="waitingMax">How many of each kind may wait.</param>
/// <param name="helpAt">From how many waiting items on a second worker helps.</param>
/// <param name="helpPatience">How long something waits, with nothing taken, until the second worker takes it; null: 50 ms.</param>
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

    /// <summary>False: too many wait already, or the queue is closed.</summary>
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

    /// <summary>As <see cref="Take"/>, for a worker beside the first: it takes items only where many wait, or where nothing was taken for
    /// a while because the first one is blocked. One worker with large batches costs less than two with small ones.</summary>
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
