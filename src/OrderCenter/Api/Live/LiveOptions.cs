namespace OrderCenter.Api.Live;

/// <summary>The limits of <c>GET /events</c>.</summary>
internal sealed record LiveOptions
{
    /// <summary>How often this node looks for changes while somebody listens.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often it compares what needs a person.</summary>
    public TimeSpan WorkPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two messages of a stream: at most four a second.</summary>
    public TimeSpan BetweenMessages { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A stream without a message says this often that it lives, for proxies and for whoever is gone.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often it is checked whether the session or token still holds.</summary>
    public TimeSpan Recheck { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A reader that takes nothing for so long is dropped.</summary>
    public TimeSpan WriteMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Streams of one operator or token on this node.</summary>
    public int StreamsOfCallerMax { get; init; } = 10;

    /// <summary>Streams on this node.</summary>
    public int StreamsMax { get; init; } = 1000;
}
