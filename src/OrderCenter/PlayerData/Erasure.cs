namespace OrderCenter.PlayerData;

/// <summary>The erasure of personal data of one player of a game, or of all whose orders are old enough.</summary>
/// <param name="Id">Its id.</param>
/// <param name="GameId">The game.</param>
/// <param name="UserId">The player's id in the game; null: all players, or the erasure is done.</param>
/// <param name="Marker">What stands in place of the player's id.</param>
/// <param name="UntilMs">Orders that were created until then, Unix milliseconds; not used where it is about all players.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="State">How far it is.</param>
/// <param name="Erased">Orders whose data was erased so far.</param>
/// <param name="CreatedMs">Unix milliseconds.</param>
/// <param name="FinishedMs">Unix milliseconds; null: it is not done.</param>
public sealed record Erasure(
    string Id, long GameId, string? UserId, string Marker, long UntilMs, string Actor, ErasureState State, long Erased, long CreatedMs,
    long? FinishedMs)
{
    /// <summary>How many of the orders that have not ended are named.</summary>
    public const int NamedMax = 20;

    /// <summary>Orders that have not ended yet, and keep their data until then.</summary>
    public long Waiting { get; init; }

    /// <summary>The numbers of some of them.</summary>
    public IReadOnlyList<string> WaitingOrders { get; init; } = [];
}
