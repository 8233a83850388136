using OrderCenter.Persistence.Keys;

namespace OrderCenter.Hosting.Workers;

/// <summary>Tells once a minute which master keys this node has (<see cref="NodeKeys"/>).</summary>
internal sealed class NodeKeysWorker(NodeKeys keys, TimeProvider clock, ILogger<NodeKeysWorker> log) : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
        [new("keys of this node", NodeKeys.Period, keys.TellAsync, startsAtOnce: true)];

    protected override Task ReleaseAsync() => keys.LeaveAsync();
}
