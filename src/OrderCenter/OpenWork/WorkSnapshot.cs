namespace OrderCenter.OpenWork;

/// <summary>What needed a person, and which callbacks waited, at one moment.</summary>
/// <param name="Games">By game; a game without an entry has nothing.</param>
/// <param name="Endpoints">By endpoint, as <see cref="Domain.Callbacks.Callback.EndpointOf"/> names it; only those where something
/// waits.</param>
/// <param name="IsComplete">Whether all games are there.</param>
public sealed record WorkSnapshot(
    IReadOnlyDictionary<long, GameWork> Games, IReadOnlyDictionary<string, EndpointWaiting> Endpoints, bool IsComplete);
