using System.Security.Cryptography;
using System.Text;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Endpoints;
using OrderCenter.OpenWork;
using OrderCenter.Operators;

namespace OrderCenter.Api.Work;

/// <summary>Callback endpoints (contract.md, "Finding, counting, live").</summary>
internal sealed class EndpointsApi(AppCatalog apps, EndpointOverview endpoints, WorkCounts work)
{
    private const int IdBytes = 8;

    public static void Map(RouteGroupBuilder group, EndpointsApi api) =>
        group.MapGet("/endpoints", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Callback endpoints by game: what waits, and breaker, requests in flight and last hour of this node: gameId")
            .TakesQuery(RouteQueries.Endpoints).Produces<PageJson<EndpointJson>>();

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        var after = query.After<PageKey>(key => key.Id.Length == 2 * IdBytes ? key : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var all = (await endpoints.ListAsync(games, context.RequestAborted))
            .Select(known => (Key: KeyOf(known.Endpoint, known.GameId), known.Endpoint))
            .Where(known => after is not { } last || Compare(known.Key, last) > 0).ToList();
        all.Sort((left, right) => Compare(left.Key, right.Key));
        var snapshot = await work.ReadAsync(context.RequestAborted);
        return query.Page(
            [.. all.Take(query.ReadLimit)], known => Show(known.Endpoint, known.Key.Ms, snapshot), known => known.Key,
            ApiJson.Readable.PageJsonEndpointJson);
    }

    /// <summary>Where an endpoint stands in the list: by its game, and within the game wherever; a cursor takes no address.</summary>
    private static PageKey KeyOf(string endpoint, long gameId) =>
        new(gameId, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)).AsSpan(0, IdBytes)));

    private static int Compare(PageKey left, PageKey right) =>
        left.Ms.CompareTo(right.Ms) is not 0 and var byGame ? byGame : string.CompareOrdinal(left.Id, right.Id);

    private EndpointJson Show(string endpoint, long gameId, WorkSnapshot snapshot)
    {
        var waiting = snapshot.Endpoints.GetValueOrDefault(endpoint);
        var state = endpoints.Describe(endpoint, gameId);
        var hour = state.LastHour;
        return new EndpointJson(
            gameId, endpoint[(endpoint.IndexOf(' ', StringComparison.Ordinal) + 1)..], waiting?.Count ?? 0, waiting?.IsMore ?? false,
            Rfc3339Time.Of(waiting?.OldestMs),
            new EndpointOfNodeJson(
                state.BreakerTriesMs is null ? "closed" : "open", Rfc3339Time.Of(state.BreakerTriesMs), state.InFlight,
                new EndpointHourJson(
                    hour.Attempts, hour.Accepted, hour.Attempts == 0 ? null : Math.Round((double)hour.Accepted / hour.Attempts, 4),
                    hour.P50Ms, hour.P95Ms),
                hour.LastFailure is { } failure ? new EndpointFailureJson(Rfc3339Time.Of(failure.AtMs), failure.Text) : null));
    }
}
