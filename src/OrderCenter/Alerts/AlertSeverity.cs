namespace OrderCenter.Alerts;

/// <summary>How urgent an alert is. Numbers as stored.</summary>
public enum AlertSeverity
{
    Warning = 0,
    Critical = 1,
}
