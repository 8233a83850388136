using OrderCenter.Model;

namespace OrderCenter.Orders;

/// <summary>Draws order numbers, in one second hardly one twice: a create takes its number for free (<see cref="Store.Transaction.ExpectAsync"/>), and one that is
/// not has a whole commit run again. What slips through, and another node's numbers, the database tells apart.</summary>
internal sealed class OrderNumbers
{
    /// <summary>How many are remembered, and how often is drawn again.</summary>
    private const int KnownMax = 100_000;
    private const int DrawsMax = 16;

    private readonly Lock _gate = new();
    private readonly HashSet<OrderId> _known = [];
    private long _second;

    /// <param name="gameId">The game's number.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="randomDigits">As the app says.</param>
    public OrderId Draw(long gameId, long nowMs, int randomDigits)
    {
        var id = OrderId.Draw(gameId, nowMs, randomDigits);
        lock (_gate)
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
