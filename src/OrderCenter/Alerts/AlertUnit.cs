namespace OrderCenter.Alerts;

/// <summary>What the value and the threshold of a condition count.</summary>
public enum AlertUnit
{
    Count,
    Seconds,
    Milliseconds,
    Percent,
    Hours,
    Days,
}
