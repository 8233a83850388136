namespace OrderCenter.Persistence;

/// <summary>Which node holds something (a callback, the feed's sequencer), and until when.</summary>
public sealed record NodeLease(string Owner, long UntilMs)
{
    /// <summary>How far apart two nodes may be in what they take for the database's time: 2 s each, in opposite directions.</summary>
    public const long ClockSkewMs = 4000;
}
