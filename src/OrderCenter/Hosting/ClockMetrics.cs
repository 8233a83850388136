using System.Diagnostics.Metrics;

namespace OrderCenter.Hosting;

/// <summary>Metrics of the clocks: how often one was set, and how far this machine's is from the database's.</summary>
internal sealed class ClockMetrics
{
    public const string MeterName = "OrderCenter.Clock";

    private readonly Counter<long> _jumps;
    private long _skewMs;
    private long _jumpMs;

    public ClockMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _jumps = meter.CreateCounter<long>(
            "ordercenter.clock.jumps",
            description: "How often a clock was set by more than 2 s: this machine's (system), or the database's");
        meter.CreateObservableGauge(
            "ordercenter.clock.last_jump", () => Interlocked.Read(ref _jumpMs) / 1000.0, unit: "s",
            description: "By how much a clock was set last, seconds; 0: none was");
        meter.CreateObservableGauge(
            "ordercenter.clock.skew", () => Interlocked.Read(ref _skewMs) / 1000.0, unit: "s",
            description: "How far this machine's clock is ahead of the database's, seconds");
    }

    public long SkewMs
    {
        set => Interlocked.Exchange(ref _skewMs, value);
    }

    /// <summary>Reports 0 before the first event, so that the rate of a series begins with that event.</summary>
    public void ReportZero()
    {
        foreach (var clock in new[] { "system", "database" })
        {
            _jumps.Add(0, new("clock", clock), new("direction", "forward"));
            _jumps.Add(0, new("clock", clock), new("direction", "back"));
        }
    }

    public void CountJump(string which, long jumpMs)
    {
        Interlocked.Exchange(ref _jumpMs, jumpMs);
        _jumps.Add(1, new("clock", which), new("direction", jumpMs > 0 ? "forward" : "back"));
    }
}
