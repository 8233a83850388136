namespace OrderCenter.PlayerData;

/// <summary>What came of an order.</summary>
internal enum OrderErasureOutcome
{
    Erased,

    /// <summary>It has not ended: its data is still needed.</summary>
    Waits,

    /// <summary>Its data was erased before, or there is no such order.</summary>
    Gone,
}
