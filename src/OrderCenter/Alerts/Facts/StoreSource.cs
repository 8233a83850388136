using OrderCenter.Payments.Health;

namespace OrderCenter.Alerts.Facts;

/// <summary>Stores that this node cannot reach.</summary>
internal sealed class StoreSource(StoreReachability stores) : INodeSource
{
    public IReadOnlyList<AlertFact> Read() =>
    [
        .. stores.Read().Select(store => new AlertFact(
            AlertConditions.StoreUnreachable, store.Host, GameId: 0, (long)store.For.TotalSeconds, store.Fault)),
    ];
}
