namespace OrderCenter.Reconciliation;

/// <summary>The state of a discrepancy's resolution. Numbers as stored.</summary>
public enum ResolutionState
{
    Open = 0,

    /// <summary>Begun; the same request again ends it.</summary>
    Begun = 1,
    Done = 2,
}
