using OrderCenter.Callbacks;

namespace OrderCenter.Alerts.Facts;

/// <summary>Circuit breakers of this node that are open, and since when it has seen that.</summary>
internal sealed class BreakerSource(DispatcherState dispatcher) : INodeSource
{
    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    public IReadOnlyList<AlertFact> Read()
    {
        var nowMs = dispatcher.MonotonicMs;
        var open = dispatcher.Endpoints.Where(endpoint => endpoint.IsBreakerOpen).ToList();
        foreach (var closed in _since.Keys.Except(open.Select(endpoint => endpoint.Endpoint), StringComparer.Ordinal).ToList())
        {
            _since.Remove(closed);
        }
        var facts = new List<AlertFact>(open.Count);
        foreach (var endpoint in open)
        {
            _since.TryAdd(endpoint.Endpoint, nowMs);
            facts.Add(new AlertFact(
                AlertConditions.CallbacksBreaker, endpoint.Endpoint, endpoint.GameId, (nowMs - _since[endpoint.Endpoint]) / 1000));
        }
        return facts;
    }
}
