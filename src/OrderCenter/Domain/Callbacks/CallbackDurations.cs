namespace OrderCenter.Domain.Callbacks;

/// <summary>The classes of durations by which attempts are counted, in the metrics and in the statistics.</summary>
public static class CallbackDurations
{
    /// <summary>The longest duration of each class but the last, milliseconds. The statistics' table has a column for each class.</summary>
    public static readonly IReadOnlyList<long> BoundsMs = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

    public static readonly int Classes = BoundsMs.Count + 1;

    public static int ClassOf(long durationMs)
    {
        for (var i = 0; i < BoundsMs.Count; i++)
        {
            if (durationMs <= BoundsMs[i])
            {
                return i;
            }
        }
        return BoundsMs.Count;
    }

    /// <summary>The duration that so many of 100 attempts did not exceed, as if those of a class were spread evenly over it: it is never
    /// outside the class of the true one. Of the last class, which has no end, it is the beginning.</summary>
    /// <returns>Milliseconds, rounded up; null: there are no attempts.</returns>
    public static long? Percentile(IReadOnlyList<long> counts, int percent)
    {
        var total = counts.Sum();
        if (total <= 0)
        {
            return null;
        }

        // The rank of the attempt in question, from 1 on.
        var rank = ((total * percent) + 99) / 100;
        var before = 0L;
        for (var i = 0; i < BoundsMs.Count; i++)
        {
            if (before + counts[i] >= rank)
            {
                var fromMs = i == 0 ? 0 : BoundsMs[i - 1];
                return fromMs + ((((BoundsMs[i] - fromMs) * (rank - before)) + counts[i] - 1) / counts[i]);
            }
            before += counts[i];
        }
        return BoundsMs[^1];
    }
}
