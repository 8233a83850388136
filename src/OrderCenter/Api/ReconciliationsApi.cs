using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Operators;
using OrderCenter.Payments;
using OrderCenter.Persistence.Lists;
using OrderCenter.Reconciliation;
using OrderCenter.Reconciliation.Discrepancies;
using OrderCenter.Reconciliation.Import;

namespace OrderCenter.Api;

/// <summary>Reconciliation with the statements of stores (docs/reconciliation.md).</summary>
internal sealed class ReconciliationsApi(
    AppCatalog apps, StatementImport import, ReconciliationQueries reconciliations, Resolutions resolutions,
    ChannelRegistry channels, BusinessDay businessDay,
    TimeProvider clock)
{
    private const int DaysMax = 35;
    private const string DayForm = "must be a day of the years 2000 to 2999, such as 2026-11-21";
    private const string CursorId = "n";
    internal const string AccountField = "account";

    /// <summary>The channels whose statements can be imported.</summary>
    private readonly IReadOnlyList<string> _stores = [.. channels.WithStatements];

    public static void Map(RouteGroupBuilder group, ReconciliationsApi api)
    {
        group.MapPost("/reconciliations", (Delegate)api.ImportAsync).For(Role.Finance, GameSource.Query)
            .TakesQuery(RouteQueries.NewReconciliation(api._stores))
            .WithMetadata(new IdempotentBody())
            .WithSummary(
                "Send a store's statement, the file as the body: channel, gameId, day, lastDay, account where there are several; "
                + "the same file again is the same reconciliation")
            .Accepts<string>("text/csv", "*/*").Produces<ReconciliationAnswerJson>(202).Produces<ReconciliationAnswerJson>()
            .ProducesProblem(413).ProducesProblem(422);
        group.MapGet("/reconciliations", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .TakesQuery(RouteQueries.Reconciliations(api._stores))
            .Produces<PageJson<ReconciliationAnswerJson>>()
            .WithSummary("Reconciliations: channel, gameId, open=true for those with differences that are not repaired");
        group.MapGet("/reconciliations/{id}", api.GetAsync).For(Role.Viewer, GameSource.Reconciliation)
            .WithSummary("A reconciliation: its state, progress and counts")
            .Produces<ReconciliationAnswerJson>();
        group.MapGet("/reconciliations/{id}/differences", api.DifferencesAsync).For(Role.Viewer, GameSource.Reconciliation)
            .TakesQuery(RouteQueries.Discrepancies)
            .Produces<PageJson<DiscrepancyJson>>()
            .WithSummary("What differs, in the order of its numbers: kind, repair (open, begun or done)");
        group.MapPost("/reconciliations/{id}/differences/{number}/repair", api.ResolveAsync)
            .For(Role.Finance, GameSource.Reconciliation)
            .Accepts<ResolutionRequestJson>("application/json")
            .Produces<DiscrepancyJson>().WithSummary("Repair a difference by one of its actions; done once however often it is asked for");
    }

    private async Task<IResult> ImportAsync(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var channel = query.Choice("channel", _stores);
        if (channel is null)
        {
            query.Refuse("channel", $"must be {Choices.Of(_stores)}");
        }
        var app = query.App(apps, CallerAccess.Of(context).Games, query.Text("gameId"));
        if (!BusinessDay.TryParseDay(query.Text("day") ?? "", out var first))
        {
            query.Refuse("day", DayForm);
        }
        var last = first;
        if (query.Text("lastDay") is { } text
            && (!BusinessDay.TryParseDay(text, out last) || last < first || last.DayNumber - first.DayNumber >= DaysMax))
        {
            query.Refuse("lastDay", $"{DayForm}, at most {DaysMax} days from day on");
        }
        if (last >= businessDay.DayOf(clock.NowMs()))
        {
            query.Refuse(
                last == first ? "day" : "lastDay", $"must be over; days are the business day's, {businessDay.Offset:c} ahead of UTC");
        }
        var account = app is null || channels.Find(channel) is not { } store
            ? null
            : query.Account(store, app, query.Text(AccountField));
        if (query.Fault is { } fault)
        {
            return fault;
        }

        // Kestrel's own limit would close the connection before a caller that still sends could read the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (context.Request.ContentLength > UploadStream.BytesMax)
        {
            return ApiResult.Problem(StatusCodes.Status413PayloadTooLarge, $"the file is larger than {UploadStream.BytesMax} bytes");
        }
        var request = new StatementRequest(account!, channels.Find(channel)!, first, last, CallerAccess.Of(context).Actor);
        return await import.ImportAsync(request, context.Request.Body, context.RequestAborted) switch
        {
            ImportOutcome.Accepted accepted => Show(StatusCodes.Status202Accepted, accepted.Reconciliation),
            ImportOutcome.Repeated repeated => Show(StatusCodes.Status200OK, repeated.Reconciliation),
            ImportOutcome.Refused refused => ApiResult.Problem(StatusCodes.Status422UnprocessableEntity, refused.Reason),
            ImportOutcome.TooLarge large => ApiResult.Problem(StatusCodes.Status413PayloadTooLarge, large.Reason),
            _ => ApiResult.Problem(StatusCodes.Status408RequestTimeout, "the file stood still for too long; send it again"),
        };
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var (channel, games, isOpen) = ListFilters.Reconciliations(query, apps, CallerAccess.Of(context).Games, _stores);
        var after = query.After<ListKey>(key => new ListKey(key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await reconciliations.ListAsync(channel, games, isOpen, after, query.Limit, context.RequestAborted);
        return ListQuery.Page(part, Show, ApiJson.Readable.PageJsonReconciliationAnswerJson);
    }

    private async Task<IResult> GetAsync(string id, HttpContext context) =>
        await FindAsync(id, context) is { } found ? Show(StatusCodes.Status200OK, found) : ApiResult.NotFound("reconciliation");

    private async Task<IResult> DifferencesAsync(string id, HttpContext context)
    {
        var query = new ListQuery(context);
        var (kind, state) = (query.Choice("kind", EnumTexts.Discrepancy), query.Choice("repair", EnumTexts.Resolution));
        var after = query.After<long>(key => key.Id == CursorId ? key.Ms : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        if (await FindAsync(id, context) is null)
        {
            return ApiResult.NotFound("reconciliation");
        }
        var page = await reconciliations.ListDiscrepanciesAsync(id, kind, state, after ?? 0, query.ReadLimit, context.RequestAborted);
        return query.Page(page, Show, item => new PageKey(item.Number, CursorId), ApiJson.Readable.PageJsonDiscrepancyJson);
    }

    private Task<IResult> ResolveAsync(string id, string number, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.ResolutionRequestJson, async body =>
        {
            var checks = new FieldChecks();
            if (!ResolutionActions.All.Contains(body.Action, StringComparer.Ordinal))
            {
                checks.Refuse("action", $"must be {string.Join(", ", ResolutionActions.All)}");
            }
            var by = new AuditContext(CallerAccess.Of(context).Actor, checks.Reason(body.Reason));
            OrderId? orderId = null;
            if (body.OrderId is not null)
            {
                orderId = OrderId.TryParse(body.OrderId, out var parsed) ? parsed : null;
                if (orderId is null)
                {
                    checks.Refuse("orderId", "must be an order's number");
                }
            }
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (!IsId(id) || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var which))
            {
                return ApiResult.NotFound("difference");
            }
            return await resolutions.ResolveAsync(
                id, which, body.Action!, orderId, by, CallerAccess.Of(context).Games, context.RequestAborted) switch
            {
                ResolutionOutcome.Done done => ApiResult.Ok(Show(done.Discrepancy), ApiJson.Readable.DiscrepancyJson),
                ResolutionOutcome.NotAllowed refused => ApiResult.Conflict(refused.Reason),
                _ => ApiResult.NotFound("difference"),
            };
        });

    private Task<ReconciliationRun?> FindAsync(string id, HttpContext context) => FindAsync(reconciliations, id, context);

    /// <summary>The reconciliation in an address; null: there is none, or none of the caller's.</summary>
    internal static async Task<ReconciliationRun?> FindAsync(ReconciliationQueries reconciliations, string id, HttpContext context) =>
        IsId(id) && await reconciliations.FindAsync(id, CallerAccess.Of(context).Games, context.RequestAborted) is
            { State: not ReconciliationState.Dropped } found
            ? found
            : null;

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit);

    private static ApiResult Show(int status, ReconciliationRun run) =>
        ApiResult.Json(status, Show(run), ApiJson.Readable.ReconciliationAnswerJson);

    internal static ReconciliationAnswerJson Show(ReconciliationRun run) => new(
        run.Id, run.Channel, run.GameId, run.FirstDay, run.LastDay, run.Format, run.Digest,
        run.State switch
        {
            ReconciliationState.Receiving => "receiving",
            ReconciliationState.Done => "done",
            _ => "matching",
        },
        run.State switch
        {
            ReconciliationState.Done => 100,
            ReconciliationState.Receiving => 0,
            // One half is the statement's lines, the other our payments; how many payments there are is not known before the end.
            ReconciliationState.Lines => run.Counts.Staged == 0 ? 0 : (int)(50 * run.Counts.Walked / run.Counts.Staged),
            ReconciliationState.Payments => 50 + (int)(
                45 * run.Counts.Payments / Math.Max(1, Math.Max(run.Counts.Payments, run.Counts.Matched))),
            _ => 95,
        },
        run.Counts, run.Discrepancies, run.Discrepancies - run.Resolved, run.Actor, Rfc3339Time.Of(run.CreatedMs),
        Rfc3339Time.Of(run.FinishedMs), run.Account);

    private static DiscrepancyJson Show(Discrepancy difference) => new(
        difference.Number, EnumTexts.Discrepancy[difference.Kind], difference.TransactionId, difference.OrderId?.Value,
        difference.ProductId,
        Show(difference.Theirs), Show(difference.Ours), Rfc3339Time.Of(difference.AtMs), difference.Line, difference.Detail,
        ResolutionActions.Of(difference),
        difference.Resolution == ResolutionState.Open && difference.Outcome is null ? null
            : new ResolutionJson(
                EnumTexts.Resolution[difference.Resolution], difference.Action, difference.Actor, difference.Reason,
                Rfc3339Time.Of(difference.ResolvedMs), difference.Outcome));

    private static DiscrepancySideJson? Show(DiscrepancySide? side) =>
        side is null ? null : new DiscrepancySideJson(side.Money?.ToString(), side.Currency, side.Units);
}
