using System.Diagnostics.Metrics;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks;

/// <summary>Counts and times callback attempts.</summary>
public sealed class CallbackMetrics
{
    public const string MeterName = "OrderCenter.Callbacks";

    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _recovered;
    private readonly Histogram<double> _duration;

    public CallbackMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _attempts = _meter.CreateCounter<long>(
            "ordercenter.callback.attempts", description: "Attempts by outcome: delivered, rescheduled, exhausted, cancelled, lease lost");
        _recovered = _meter.CreateCounter<long>("ordercenter.callback.recovered", description: "Callbacks recovered from nodes that died");
        _duration = _meter.CreateHistogram<double>(
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

    /// <summary>Reports the endpoints of this node whose breaker is open, and by how long the callback that has waited longest is overdue,
    /// as far as this node knows. A breaker that is open makes its callbacks overdue.</summary>
    internal void Observe(DispatcherState dispatcher)
    {
        _meter.CreateObservableGauge(
            "ordercenter.callback.breakers.open", () => dispatcher.Endpoints.Count(endpoint => endpoint.IsBreakerOpen),
            description: "Endpoints whose circuit breaker is open on this node");
        _meter.CreateObservableGauge(
            "ordercenter.callback.overdue", () => OverdueMs(dispatcher) / 1000.0, unit: "s",
            description: "How long ago the oldest callback that waits was due, seconds; 0: none is overdue");
    }

    public void CountAttempt(AttemptEffect effect, long durationMs)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", effect.ToString()));
        _duration.Record(durationMs / 1000.0);
    }

    public void CountRecovered(int count) => _recovered.Add(count);

    private static long OverdueMs(DispatcherState dispatcher)
    {
        var nowMs = dispatcher.WallMs;
        return dispatcher.Endpoints.Select(endpoint => Math.Max(0, nowMs - endpoint.NextDueMs)).DefaultIfEmpty(0).Max();
    }
}
