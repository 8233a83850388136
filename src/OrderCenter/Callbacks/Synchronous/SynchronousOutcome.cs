namespace OrderCenter.Callbacks.Synchronous;

/// <summary>The result of a callback that a caller waits for.</summary>
public abstract record SynchronousOutcome
{
    private SynchronousOutcome()
    {
    }

    /// <summary>The game acknowledged now. <paramref name="WasGrantedBefore"/>: it says that it had granted the goods
    /// already.</summary>
    public sealed record Delivered(bool WasGrantedBefore) : SynchronousOutcome;

    /// <summary>It had been delivered before, or by the calls that this request waited for.</summary>
    public sealed record AlreadyDelivered : SynchronousOutcome;

    /// <summary>The calls failed or have not ended yet. The callback continues in the background, unless it was cancelled or its app is
    /// disabled.</summary>
    public sealed record Failed(string Reason) : SynchronousOutcome;

    /// <summary>The order has no callback, because its app has no callback URL.</summary>
    public sealed record NoCallback : SynchronousOutcome;
}
