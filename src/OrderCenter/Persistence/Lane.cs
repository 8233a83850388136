namespace OrderCenter.Persistence;

/// <summary>Where a work item waits.</summary>
internal enum Lane
{
    Write,

    /// <summary>Writes of the callback dispatcher.</summary>
    Record,

    /// <summary>Its claims.</summary>
    Claim,

    /// <summary>Writes that nobody waits for.</summary>
    Upkeep,
    Read,
    Search,
}
