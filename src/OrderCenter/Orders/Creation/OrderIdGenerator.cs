using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Orders.Creation;

/// <summary>Draws order ids and avoids those that this node drew in the same second: a duplicate id fails its whole batch, and all work
/// items of it run again (<see cref="Transaction.ExecuteOptimisticAsync"/>). The database detects the duplicates that are left, and those
/// of other nodes.</summary>
internal sealed class OrderIdGenerator
{
    /// <summary>How many ids of a second are remembered.</summary>
    private const int KnownMax = 100_000;
    private const int DrawsMax = 16;

    private readonly Lock _lock = new();
    private readonly HashSet<OrderId> _known = [];
    private long _second;

    public OrderId Draw(long gameId, long nowMs, int randomDigits)
    {
        var id = OrderId.Draw(gameId, nowMs, randomDigits);
        lock (_lock)
        {
            if (_second != nowMs / 1000)
            {
                _second = nowMs / 1000;
                _known.Clear();
            }
            for (var draw = 1; _known.Count < KnownMax && !_known.Add(id) && draw < DrawsMax; draw++)
            {
                id = OrderId.Draw(gameId, nowMs, randomDigits);
            }
        }
        return id;
    }
}
