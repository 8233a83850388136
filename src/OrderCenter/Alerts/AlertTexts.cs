using OrderCenter.Encodings;

namespace OrderCenter.Alerts;

/// <summary>How alerts are named in JSON and addresses.</summary>
public static class AlertTexts
{
    public static readonly EnumText<AlertSeverity> Severity = new((AlertSeverity.Warning, "warning"), (AlertSeverity.Critical, "critical"));

    public static readonly EnumText<AlertTelling> Telling = new(
        (AlertTelling.Raised, "raised"), (AlertTelling.Escalated, "escalated"), (AlertTelling.Repeated, "repeated"),
        (AlertTelling.Recovered, "recovered"), (AlertTelling.Test, "test"));

    public static readonly EnumText<AlertUnit> Unit = new(
        (AlertUnit.Count, "count"), (AlertUnit.Seconds, "seconds"), (AlertUnit.Milliseconds, "milliseconds"),
        (AlertUnit.Percent, "percent"), (AlertUnit.Hours, "hours"), (AlertUnit.Days, "days"));
}
