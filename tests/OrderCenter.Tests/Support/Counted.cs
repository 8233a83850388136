using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace OrderCenter.Tests.Support;

/// <summary>What one service counts from now on. Not by <c>/metrics</c>: what collects them there hears every service of the process, and loses a counter for
/// all of them when one of them ends.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new(StringComparer.Ordinal);

    public Counted(IServiceProvider services, string instrumentName)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == instrumentName && ReferenceEquals(instrument.Meter.Scope, scope))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _sums.AddOrUpdate(Series(tags), count, (_, sum) => sum + count));
        _listener.Start();
    }

    /// <summary>The sum of a series, by its labels' values joined by a space.</summary>
    public long this[string series] => _sums.GetValueOrDefault(series);

    public void Dispose() => _listener.Dispose();

    private static string Series(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new List<string>(tags.Length);
        foreach (var tag in tags)
        {
            values.Add(tag.Value?.ToString() ?? "");
        }
        return string.Join(' ', values);
    }
}
