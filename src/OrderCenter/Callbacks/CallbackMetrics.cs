using System.Diagnostics.Metrics;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks;

/// <summary>Counts and times callback attempts.</summary>
public sealed class CallbackMetrics
{
    public const string MeterName = "OrderCenter.Callbacks";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _recovered;
    private readonly Histogram<double> _duration;

    public CallbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>(
            "ordercenter.callback.attempts", description: "Attempts by outcome: delivered, rescheduled, exhausted, cancelled, lease lost");
        _recovered = meter.CreateCounter<long>("ordercenter.callback.recovered", description: "Callbacks recovered from nodes that died");
        _duration = meter.CreateHistogram<double>(
            "ordercenter.callback.duration", unit: "s", description: "How long receivers took to respond",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.. CallbackDurations.BoundsMs.Select(boundMs => boundMs / 1000.0)],
            });
    }

    /// <summary>Reports 0 before the first event, so that the rate of a series begins with that event.</summary>
    public void ReportZero()
    {
        foreach (var effect in Enum.GetNames<AttemptEffect>())
        {
            _attempts.Add(0, new KeyValuePair<string, object?>("outcome", effect));
        }
        _recovered.Add(0);
    }

    public void CountAttempt(AttemptEffect effect, long durationMs)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", effect.ToString()));
        _duration.Record(durationMs / 1000.0);
    }

    public void CountRecovered(int count) => _recovered.Add(count);
}
