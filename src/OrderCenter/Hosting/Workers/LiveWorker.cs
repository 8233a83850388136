using OrderCenter.Api.Live;

namespace OrderCenter.Hosting.Workers;

/// <summary>Looks for what the streams of this node tell, on every node, for its own streams. Where there are none, a look costs
/// nothing.</summary>
internal sealed class LiveWorker : PeriodicWorker
{
    public LiveWorker(LiveHub hub, LiveOptions options, TimeProvider clock, ILogger<LiveWorker> log)
        : base(clock, log)
    {
        var job = new PeriodicJob("live events", options.Period, hub.StepAsync);
        Jobs = [job];
        hub.Opened += (_, _) => job.Wake();
    }

    protected override IReadOnlyList<PeriodicJob> Jobs { get; }
}
