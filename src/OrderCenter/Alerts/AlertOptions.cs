namespace OrderCenter.Alerts;

/// <summary>Times of the alerts.</summary>
public sealed record AlertOptions
{
    /// <summary>How often the conditions are looked at.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often what costs more than a few rows is looked at.</summary>
    public TimeSpan SlowPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a condition must not hold before its alert has recovered: what comes and goes is one alert.</summary>
    public TimeSpan RecoverAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an alert may be open, and not acknowledged, before it is more urgent.</summary>
    public TimeSpan EscalateAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long after an escalation it is repeated; each time it takes twice as long, up to <see cref="RepeatMax"/>.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan RepeatMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long what another node has seen counts.</summary>
    public TimeSpan SeenMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long past alerts are kept.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(90);

    /// <summary>When an alert that was told of for the n-th time (1: raised) is told of again, Unix milliseconds.</summary>
    public long NextMs(int told, long nowMs)
    {
        var wait = told <= 1 ? EscalateAfter : RepeatAfter * Math.Pow(2, Math.Min(told - 2, 20));
        return nowMs + (long)(wait < RepeatMax ? wait : RepeatMax).TotalMilliseconds;
    }
}
