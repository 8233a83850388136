using System.Numerics;

namespace OrderCenter.Callbacks.Endpoints;

/// <summary>The attempts of the last hour at one endpoint on this node, in buckets of one minute: how many, how many were accepted, and a
/// histogram of how long they took, in steps of a quarter of a power of two. At most 16 KiB an endpoint. Safe for concurrent use.</summary>
internal sealed class EndpointHistory
{
    private const int Minutes = 60;
    private const long MinuteMs = 60_000;

    /// <summary>0 to 3 ms, then four for each power of two up to two minutes.</summary>
    private const int Steps = 64;

    private readonly Lock _lock = new();
    private readonly Minute?[] _minutes = new Minute?[Minutes];
    private EndpointFailure? _lastFailure;

    /// <summary>Counts an attempt.</summary>
    /// <param name="nowMs">The monotonic clock.</param>
    /// <param name="durationMs">How long it took.</param>
    /// <param name="failure">Why it was not accepted, and when; null: it was.</param>
    public void Count(long nowMs, long durationMs, EndpointFailure? failure)
    {
        var number = nowMs / MinuteMs;
        lock (_lock)
        {
            var minute = _minutes[number % Minutes] ??= new Minute();
            minute.BeginAs(number);
            minute.Attempts++;
            minute.Accepted += failure is null ? 1 : 0;
            minute.Durations[StepOf(durationMs)]++;
            _lastFailure = failure ?? _lastFailure;
        }
    }

    /// <summary>The last 60 minutes, the one that has begun among them.</summary>
    /// <param name="nowMs">The monotonic clock.</param>
    public EndpointHour Read(long nowMs)
    {
        var durations = new long[Steps];
        var (attempts, accepted) = (0L, 0L);
        lock (_lock)
        {
            foreach (var minute in _minutes)
            {
                if (minute is not null && minute.Number > (nowMs / MinuteMs) - Minutes)
                {
                    attempts += minute.Attempts;
                    accepted += minute.Accepted;
                    for (var step = 0; step < Steps; step++)
                    {
                        durations[step] += minute.Durations[step];
                    }
                }
            }
            return new EndpointHour(
                attempts, accepted, Quantile(durations, attempts, 0.5), Quantile(durations, attempts, 0.95), _lastFailure);
        }
    }

    private static int StepOf(long ms)
    {
        if (ms < 4)
        {
            return (int)Math.Max(0, ms);
        }
        var power = BitOperations.Log2((ulong)ms);
        return Math.Min(Steps - 1, (4 * (power - 1)) + (int)((ms >> (power - 2)) & 3));
    }

    /// <summary>The least duration of a step.</summary>
    private static double FromMs(int step) => step < 4 ? step : (4 + (step % 4)) * Math.Pow(2, (step / 4) - 1);

    /// <summary>The duration that this share of the attempts did not exceed, within a step; null: there were none.</summary>
    private static long? Quantile(long[] durations, long count, double share)
    {
        if (count == 0)
        {
            return null;
        }
        var rank = Math.Max(1, (long)Math.Ceiling(share * count));
        var before = 0L;
        var step = 0;
        while (before + durations[step] < rank)
        {
            before += durations[step++];
        }
        var part = (rank - before) / (double)durations[step];
        return step < 4 ? step : (long)Math.Round(FromMs(step) + (part * (FromMs(step + 1) - FromMs(step))));
    }

    private sealed class Minute
    {
        public long Number { get; private set; } = -1;

        public long Attempts { get; set; }

        public long Accepted { get; set; }

        public int[] Durations { get; } = new int[Steps];

        /// <summary>Empties the bucket where it was of an earlier minute.</summary>
        public void BeginAs(long number)
        {
            if (Number != number)
            {
                (Number, Attempts, Accepted) = (number, 0, 0);
                Array.Clear(Durations);
            }
        }
    }
}
