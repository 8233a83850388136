namespace OrderCenter.Alerts.Settings;

/// <summary>What came of replacing the sinks or the thresholds.</summary>
public abstract record SettingsOutcome
{
    private SettingsOutcome()
    {
    }

    public sealed record Done : SettingsOutcome;

    /// <summary>Nothing was changed.</summary>
    /// <param name="Index">Which item, from 0 on.</param>
    /// <param name="Field">Its field.</param>
    /// <param name="Allowed">What is allowed in it.</param>
    public sealed record Invalid(int Index, string Field, string Allowed) : SettingsOutcome;

    /// <summary>Others change them at this moment.</summary>
    public sealed record Busy : SettingsOutcome;
}
