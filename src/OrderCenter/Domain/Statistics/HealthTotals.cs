using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Domain.Statistics;

/// <summary>Refused receipts, and attempts of callbacks with their durations.</summary>
public sealed class HealthTotals
{
    private readonly long[] _durations = new long[CallbackDurations.Classes];

    public long Refusals { get; private set; }

    public long Attempts { get; private set; }

    public long Successes { get; private set; }

    /// <summary>How many attempts were of each class of durations (<see cref="CallbackDurations"/>).</summary>
    public IReadOnlyList<long> Durations => _durations;

    /// <summary>The duration that 95 of 100 attempts did not exceed, milliseconds; null: there was none.</summary>
    public long? P95Ms => CallbackDurations.Percentile(_durations, 95);

    public void Add(CallbackFigure attempt)
    {
        Attempts++;
        Successes += attempt.IsSuccess ? 1 : 0;
        _durations[CallbackDurations.ClassOf(attempt.DurationMs)]++;
    }

    public void Add(RefusalFigure refusal) => Refusals += refusal.Count;

    /// <summary>Adds figures as they are stored.</summary>
    public void Add(long refusals, long attempts, long successes)
    {
        Refusals += refusals;
        Attempts += attempts;
        Successes += successes;
    }

    /// <summary>Adds attempts of one class of durations, as they are stored.</summary>
    public void AddDurations(int durationClass, long count) => _durations[durationClass] += count;
}
