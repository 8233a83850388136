using System.Diagnostics.Metrics;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Turns off HttpClient's own metrics for callbacks: <see cref="CallbackMetrics"/> has them by outcome, and
/// they cost a sixth of an attempt. They go to a meter without listeners.</summary>
internal sealed class DisabledMeterFactory : IMeterFactory
{
    private readonly Meter _meter = new("OrderCenter.Callbacks.Http");

    public Meter Create(MeterOptions options) => _meter;

    public void Dispose() => _meter.Dispose();
}
