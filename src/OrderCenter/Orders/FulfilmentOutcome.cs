namespace OrderCenter.Orders;

/// <summary>The result of a game's report that it hands the goods over.</summary>
public enum FulfilmentOutcome
{
    /// <summary>This report was the first: the game may take the answer as its permission to grant the goods.</summary>
    Recorded,
    AlreadyRecorded,
    NotFound,
    Unpaid,
    Refunded,
    Held,
}
