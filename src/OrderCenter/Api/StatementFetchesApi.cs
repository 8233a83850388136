using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Operators;
using OrderCenter.Payments;
using OrderCenter.Persistence.Lists;
using OrderCenter.Reconciliation.Fetching;

namespace OrderCenter.Api;

/// <summary>Which statements were fetched from the stores, and fetching one now (docs/reconciliation.md).</summary>
internal sealed class StatementFetchesApi(
    AppCatalog apps, ChannelRegistry channels, StatementFetcher fetcher, StatementFetchQueries fetches)
{
    private readonly IReadOnlyList<string> _stores = [.. channels.WithStatements];

    public static void Map(RouteGroupBuilder group, StatementFetchesApi api)
    {
        group.MapGet("/statement-fetches", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .TakesQuery(RouteQueries.StatementFetches(api._stores)).Produces<PageJson<StatementFetchJson>>()
            .WithSummary("Statements that are fetched from stores, newest first: channel, gameId, state (waiting, fetched or failed)");
        group.MapPost("/statement-fetches", (Delegate)api.RequestAsync).For(Role.Finance, GameSource.Body)
            .Accepts<StatementFetchRequestJson>("application/json").Produces<StatementFetchJson>(202)
            .WithSummary("Fetch the statement of the period that a day lies in, now, whether it was fetched before or not");
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var channel = query.Choice("channel", _stores);
        var games = query.Games(apps, CallerAccess.Of(context).Games);
        var state = query.Choice("state", EnumTexts.StatementFetch);
        var after = query.After<ListKey>(key => new ListKey(key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await fetches.ListAsync(channel, games, state, after, query.Limit, context.RequestAborted);
        return ListQuery.Page(part, Show, ApiJson.Readable.PageJsonStatementFetchJson);
    }

    private Task<IResult> RequestAsync(HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.StatementFetchRequestJson, async body =>
        {
            var checks = new FieldChecks();
            var by = new AuditContext(CallerAccess.Of(context).Actor, checks.Reason(body.Reason));
            var app = checks.App(apps, CallerAccess.Of(context).Games, RequestBody.TextOrNumber(body.GameId));
            if (body.Channel is not { } channel || !_stores.Contains(channel))
            {
                checks.Refuse("channel", $"must be {Choices.Of(_stores)}");
            }
            if (!BusinessDay.TryParseDay(body.Day ?? "", out var day))
            {
                checks.Refuse("day", "must be a day of the years 2000 to 2999, such as 2026-11-21");
            }
            var account = app is null || checks.Fault is not null || channels.Find(body.Channel) is not { } store
                ? null
                : checks.Account(store, app, body.Account);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            var (job, reason) = await fetcher.RequestAsync(account!, channels.Find(body.Channel)!, day, by, context.RequestAborted);
            return job is null
                ? ApiResult.Conflict(reason!)
                : ApiResult.Json(StatusCodes.Status202Accepted, Show(job), ApiJson.Readable.StatementFetchJson);
        });

    private static StatementFetchJson Show(StatementFetchJob job) => new(
        job.Id, job.Owner.GameId, job.Owner.Channel, BusinessDay.Text(job.Period.First), BusinessDay.Text(job.Period.Last),
        EnumTexts.StatementFetch[job.State], job.Failures, job.Message, job.ReconciliationId, Rfc3339Time.Of(job.DueMs),
        Rfc3339Time.Of(job.CreatedMs), Rfc3339Time.Of(job.UpdatedMs), job.Owner.Account);
}
