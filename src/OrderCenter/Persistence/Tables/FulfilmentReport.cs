using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>What is still to be reported to a store about a paid order.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="GameId">Its game.</param>
/// <param name="Channel">Its store.</param>
/// <param name="IsAccepted">Whether the store knows that the purchase is accepted.</param>
/// <param name="SinceMs">When it was paid, Unix milliseconds.</param>
/// <param name="Lease">The lease that a write belongs to (<see cref="LeasedRows"/>).</param>
/// <param name="FailuresInRow">How often reporting has failed in a row.</param>
internal sealed record FulfilmentReport(
    OrderId OrderId, long GameId, string Channel, bool IsAccepted, long SinceMs, long Lease, int FailuresInRow);
