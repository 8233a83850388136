using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Endpoints;
using OrderCenter.OpenWork;
using OrderCenter.Operators;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Api.Work;

/// <summary>Callback endpoints (contract.md, "Finding, counting, live").</summary>
internal sealed class EndpointsApi(AppCatalog apps, EndpointOverview endpoints, WorkCounts work)
{
    public static void Map(RouteGroupBuilder group, EndpointsApi api) =>
        group.MapGet("/endpoints", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Callback endpoints by game: what waits, and breaker, requests in flight and last hour of this node: gameId")
            .TakesQuery(RouteQueries.Endpoints).Produces<PageJson<EndpointJson>>();

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        var after = query.After<PageKey>(key => key.Id.Length == EndpointTable.PlaceChars ? key : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var page = await endpoints.ListAsync(
            games, after is { } last ? (last.Ms, last.Id) : null, query.ReadLimit, context.RequestAborted);
        var snapshot = await work.ReadAsync(context.RequestAborted);
        return query.Page(
            page, known => Show(known.Endpoint, known.GameId, snapshot), known => new PageKey(known.GameId, known.Place),
            ApiJson.Readable.PageJsonEndpointJson);
    }

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
