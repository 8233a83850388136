namespace OrderCenter.Orders.Refusals;

/// <summary>Who sends a request: each kind has limits of its own, so that strangers cannot use up what the game itself needs.</summary>
public enum RequestKind
{
    /// <summary>The game: the request bears its signature.</summary>
    Signed,

    /// <summary>Anyone.</summary>
    Unsigned,

    /// <summary>A store, or somebody who says so: what proves it was not looked at yet.</summary>
    Notification,
}
