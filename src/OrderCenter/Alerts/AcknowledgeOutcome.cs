namespace OrderCenter.Alerts;

/// <summary>What came of acknowledging an alert.</summary>
public abstract record AcknowledgeOutcome
{
    private AcknowledgeOutcome()
    {
    }

    /// <summary>It is acknowledged, now or before.</summary>
    public sealed record Done(Alert Alert) : AcknowledgeOutcome;

    /// <summary>What it was about is over: there is nothing to acknowledge.</summary>
    public sealed record Over : AcknowledgeOutcome;

    /// <summary>There is none within the caller's games.</summary>
    public sealed record NotFound : AcknowledgeOutcome;
}
