namespace OrderCenter.Callbacks.Endpoints;

/// <summary>An endpoint as this node sees it.</summary>
/// <param name="Endpoint">As <see cref="Domain.Callbacks.Callback.EndpointOf"/> names it.</param>
/// <param name="GameId">Its app.</param>
public sealed record EndpointState(string Endpoint, long GameId)
{
    /// <summary>Requests of this node that are not answered yet.</summary>
    public int InFlight { get; init; }

    /// <summary>When an open breaker lets the next trial through, Unix milliseconds; null: the breaker is closed.</summary>
    public long? BreakerTriesMs { get; init; }

    public EndpointHour LastHour { get; init; } = new(0, 0, null, null, null);
}
