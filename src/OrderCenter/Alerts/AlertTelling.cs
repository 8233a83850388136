namespace OrderCenter.Alerts;

/// <summary>Why people are told of an alert.</summary>
public enum AlertTelling
{
    /// <summary>It was opened.</summary>
    Raised,

    /// <summary>It is still open and nobody has acknowledged it: it is more urgent now.</summary>
    Escalated,

    /// <summary>It is still open and nobody has acknowledged it.</summary>
    Repeated,

    /// <summary>What it was about is over.</summary>
    Recovered,

    /// <summary>Somebody tries whether a sink works.</summary>
    Test,
}
