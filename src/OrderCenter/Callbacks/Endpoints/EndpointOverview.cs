using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Endpoints;

/// <summary>Every endpoint that callbacks went to lately, with what this node knows of it. Breaker, requests in flight and the last hour
/// are in the memory of each node: what waits is in the database, and counted for all nodes by OpenWork.</summary>
internal sealed class EndpointOverview(Database database, DispatcherState state)
{
    /// <summary>The endpoints of the games behind a place, in the order of games and places.</summary>
    /// <param name="games">Whose endpoints.</param>
    /// <param name="after">The game of the last endpoint before and its place within it; null: from the first on.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<List<KnownEndpoint>> ListAsync(
        GameLimit games, (long GameId, string Place)? after, int limit, CancellationToken cancellationToken)
    {
        var (gameId, place) = after ?? (0, "");
        return database.SearchAsync(transaction => EndpointTable.ListAsync(transaction, games, gameId, place, limit), cancellationToken);
    }

    /// <summary>What this node knows of an endpoint.</summary>
    public EndpointState Describe(string endpoint, long gameId)
    {
        var limiter = state.Find(endpoint);
        return limiter is null
            ? new EndpointState(endpoint, gameId)
            : limiter.Describe(state.WallMs, state.MonotonicMs);
    }
}
