namespace OrderCenter.Protocols.CardRecharge;

/// <summary>What one step at a product's backlog did.</summary>
internal enum FulfilmentOutcome
{
    Delivered,

    /// <summary>The first order needed nothing any more, or changed meanwhile: try the next.</summary>
    Again,

    /// <summary>No order waits, or stock is short for the first.</summary>
    Done,
}
