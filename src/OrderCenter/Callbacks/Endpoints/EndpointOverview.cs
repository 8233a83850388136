using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Endpoints;

/// <summary>Every endpoint that callbacks went to lately, with what this node knows of it. Breaker, requests in flight and the last hour
/// are in the memory of each node: what waits is in the database, and counted for all nodes by OpenWork.</summary>
internal sealed class EndpointOverview(Database database, DispatcherState state)
{
    /// <summary>The endpoints of the games, in no order.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<List<(string Endpoint, long GameId)>> ListAsync(GameLimit games, CancellationToken cancellationToken) =>
        [.. (await database.SearchAsync(EndpointTable.ListAsync, cancellationToken)).Where(known => games.Allows(known.GameId))];

    /// <summary>What this node knows of an endpoint.</summary>
    public EndpointState Describe(string endpoint, long gameId)
    {
        var limiter = state.Find(endpoint);
        return limiter is null
            ? new EndpointState(endpoint, gameId)
            : limiter.Describe(state.WallMs, state.MonotonicMs);
    }
}
