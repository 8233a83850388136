using System.Threading.Channels;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Api.Live;

/// <summary>What one stream has not sent yet, in a bounded form: whoever adds to it never waits for the reader, and a reader that is late
/// gets one message for all that it missed. Safe for concurrent use.</summary>
/// <param name="holder">Whose stream it is, for the limit of streams.</param>
/// <param name="games">The games that he sees.</param>
internal sealed class LiveSubscription(string holder, GameLimit games)
{
    public const int OrdersMax = 50;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private List<LiveOrderJson> _orders = [];
    private long _count;
    private bool _hasMore;
    private bool _haveCallbacksChanged;
    private bool _hasWorkChanged;
    private bool _haveAlertsChanged;
    private bool _isReady;
    private bool _isReadyTold;

    public string Holder => holder;

    public GameLimit Games => games;

    /// <summary>Nothing that happens from now on is missed. It is told once.</summary>
    public void MarkReady()
    {
        lock (_lock)
        {
            if (_isReady)
            {
                return;
            }
            _isReady = true;
        }
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Adds changes of a game, where it is one of his.</summary>
    public void Add(GameChanges changes)
    {
        if (!games.Allows(changes.GameId))
        {
            return;
        }
        lock (_lock)
        {
            _count += changes.Count;
            _hasMore |= changes.Count > changes.Newest.Count;
            _haveCallbacksChanged |= changes.Count > changes.Newest.Count || changes.Newest.Any(change => MovesCallbacks(change.Event));
            foreach (var change in changes.Newest)
            {
                var id = change.OrderId.Value;
                _orders.RemoveAll(order => order.Id == id);
                _orders.Add(new LiveOrderJson(id, change.GameId, ChangeEvents.Name(change.Event)));
            }
            if (_orders.Count > OrdersMax)
            {
                _orders.RemoveRange(0, _orders.Count - OrdersMax);
                _hasMore = true;
            }
        }
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Adds that what needs a person has changed in a game, where it is one of his; the game 0 is nobody's who has a
    /// limit.</summary>
    public void AddWork(long gameId, bool haveCallbacksChanged, bool haveAlertsChanged)
    {
        if (!games.Allows(gameId))
        {
            return;
        }
        lock (_lock)
        {
            _hasWorkChanged = true;
            _haveCallbacksChanged |= haveCallbacksChanged;
            _haveAlertsChanged |= haveAlertsChanged;
        }
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Takes what is to be sent.</summary>
    /// <returns>Whether to tell now that nothing is missed from here on; and what changed, null: nothing.</returns>
    public (bool IsReady, LiveJson? Changes) Take()
    {
        lock (_lock)
        {
            var isReady = _isReady && !_isReadyTold;
            _isReadyTold |= isReady;
            if (_count == 0 && !_haveCallbacksChanged && !_hasWorkChanged)
            {
                return (isReady, null);
            }
            var changes = new LiveJson(_orders, _count, _hasMore, _haveCallbacksChanged, _hasWorkChanged, _haveAlertsChanged);
            (_orders, _count, _hasMore) = ([], 0, false);
            (_haveCallbacksChanged, _hasWorkChanged, _haveAlertsChanged) = (false, false, false);
            return (isReady, changes);
        }
    }

    /// <summary>Waits until there is something, or for this time.</summary>
    public async Task WaitAsync(TimeSpan wait, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_signal.Reader.WaitToReadAsync(either.Token).AsTask(), Task.Delay(wait, clock, either.Token));
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        _signal.Reader.TryRead(out _);
    }

    private static bool MovesCallbacks(ChangeEvent @event) => @event is not (ChangeEvent.Created or ChangeEvent.Held);
}
