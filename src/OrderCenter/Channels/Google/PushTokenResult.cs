namespace OrderCenter.Channels.Google;

/// <summary>The result of verifying a push's token.</summary>
internal abstract record PushTokenResult
{
    private PushTokenResult()
    {
    }

    public sealed record Genuine : PushTokenResult;

    public sealed record Refused(string Reason) : PushTokenResult;

    /// <summary>The keys could not be fetched.</summary>
    public sealed record TryLater(string Reason) : PushTokenResult;
}
