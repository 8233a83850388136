using Microsoft.AspNetCore.Http.Features;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Statements;
using OrderCenter.Store;

namespace OrderCenter.Api;

/// <summary>Reconciliation with the statements of stores (docs/reconciliation.md).</summary>
internal sealed class ReconciliationsApi(
    AppCatalog apps, StatementImport import, Reconciliations reconciliations, Repairs repairs, BusinessDay businessDay, TimeProvider clock)
{
    private const int ReasonMax = 512;
    private const int DaysMax = 35;
    private const string ChannelForm = "must be google, apple, alipay or wechat";
    private const string DayForm = "must be a day of the years 2000 to 2999, such as 2026-11-21";
    private const string CursorId = "n";

    public static void Map(RouteGroupBuilder group, ReconciliationsApi api)
    {
        group.MapPost("/reconciliations", (Delegate)api.ImportAsync)
            .WithSummary("Send a store's statement, the file as the body: channel, gameId, day, lastDay; the same file again is the same reconciliation")
            .WithMetadata(new BodyIsItsKey()).Accepts<string>("text/csv", "*/*").Produces<ReconciliationAnswerJson>(202).Produces<ReconciliationAnswerJson>()
            .ProducesProblem(413).ProducesProblem(422);
        group.MapGet("/reconciliations", (Delegate)api.ListAsync).WithSummary("Reconciliations: channel, gameId").Produces<PageJson<ReconciliationAnswerJson>>();
        group.MapGet("/reconciliations/{id}", api.GetAsync).WithSummary("A reconciliation: its state, progress and counts").Produces<ReconciliationAnswerJson>();
        group.MapGet("/reconciliations/{id}/differences", api.DifferencesAsync).WithSummary("What differs, in the order of its numbers: kind").Produces<PageJson<DifferenceJson>>();
        group.MapGet("/reconciliations/{id}/differences.csv", api.ExportAsync).WithSummary("What differs, as CSV: kind").Produces<string>(200, "text/csv");
        group.MapPost("/reconciliations/{id}/differences/{number}/repair", api.RepairAsync).WithSummary("Repair a difference by one of its actions; done once however often it is asked for")
            .Accepts<RepairAskedJson>("application/json").Produces<DifferenceJson>();
    }

    private async Task<IResult> ImportAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["channel"].ToString() is not ("google" or "apple" or "alipay" or "wechat"))
        {
            return Answer.Invalid("channel", ChannelForm);
        }
        if (apps.Find(query["gameId"].ToString()) is not { App: var app })
        {
            return Answer.Invalid("gameId", "must be the number or the alias of an app");
        }
        if (!BusinessDay.TryParseDay(query["day"].ToString(), out var first))
        {
            return Answer.Invalid("day", DayForm);
        }
        var last = first;
        if (query["lastDay"].ToString() is { Length: > 0 } text && (!BusinessDay.TryParseDay(text, out last) || last < first || last.DayNumber - first.DayNumber >= DaysMax))
        {
            return Answer.Invalid("lastDay", $"{DayForm}, at most {DaysMax} days from day on");
        }
        if (last >= businessDay.DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            return Answer.Invalid(last == first ? "day" : "lastDay", $"must be over; days are the business day's, {businessDay.Offset:c} ahead of UTC");
        }

        // Kestrel's own limit would close the connection before a caller that still sends could read the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (context.Request.ContentLength > UploadStream.BytesMax)
        {
            return Answer.Problem(StatusCodes.Status413PayloadTooLarge, $"the file is larger than {UploadStream.BytesMax} bytes");
        }
        var asked = new StatementAsked(app, query["channel"].ToString(), first, last, Access.Actor(context));
        return await import.ImportAsync(asked, context.Request.Body, context.RequestAborted) switch
        {
            ImportOutcome.Accepted accepted => Show(StatusCodes.Status202Accepted, accepted.Reconciliation),
            ImportOutcome.Repeated repeated => Show(StatusCodes.Status200OK, repeated.Reconciliation),
            ImportOutcome.Refused refused => Answer.Problem(StatusCodes.Status422UnprocessableEntity, refused.Reason),
            ImportOutcome.TooLarge large => Answer.Problem(StatusCodes.Status413PayloadTooLarge, large.Reason),
            _ => Answer.Problem(StatusCodes.Status408RequestTimeout, "the file stood still for too long; send it again"),
        };
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal))
        {
            return refusal;
        }
        var query = context.Request.Query;
        var channel = query["channel"].ToString() is { Length: > 0 } name ? name : null;
        if (channel is not (null or "google" or "apple" or "alipay" or "wechat"))
        {
            return Answer.Invalid("channel", ChannelForm);
        }
        long? gameId = null;
        if (query["gameId"].ToString() is { Length: > 0 } game)
        {
            if (apps.Find(game) is not { } entry)
            {
                return Answer.Invalid("gameId", "must be the number or the alias of an app");
            }
            gameId = entry.App.GameId;
        }
        var after = paging.After is { } key ? (key.Ms, key.Id) : ((long, string)?)null;
        var page = await reconciliations.ListAsync(channel, gameId, after, paging.Limit + 1, context.RequestAborted);
        return Paging.Page(page, paging.Limit, Show, item => new PageKey(item.CreatedMs, item.Id), ApiJson.Readable.PageJsonReconciliationAnswerJson);
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found ? Show(StatusCodes.Status200OK, found) : Answer.NotFound("reconciliation");

    private async Task<IResult> DifferencesAsync(string id, HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal) || !TryKind(context, out var kind, out refusal))
        {
            return refusal!;
        }
        if (paging.After is { } key && key.Id != CursorId)
        {
            return Paging.OtherList;
        }
        if (await FindAsync(id, context.RequestAborted) is null)
        {
            return Answer.NotFound("reconciliation");
        }
        var page = await reconciliations.DifferencesAsync(id, kind, paging.After?.Ms ?? 0, paging.Limit + 1, context.RequestAborted);
        return Paging.Page(page, paging.Limit, Show, item => new PageKey(item.Number, CursorId), ApiJson.Readable.PageJsonDifferenceJson);
    }

    private async Task<IResult> ExportAsync(string id, HttpContext context)
    {
        if (!TryKind(context, out var kind, out var refusal))
        {
            return refusal!;
        }
        if (await FindAsync(id, context.RequestAborted) is null)
        {
            return Answer.NotFound("reconciliation");
        }
        return Results.Stream(
            to => reconciliations.WriteCsvAsync(id, kind, to, context.RequestAborted), "text/csv; charset=utf-8", $"{id}-differences.csv");
    }

    private async Task<IResult> RepairAsync(string id, string number, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.RepairAskedJson);
        if (body is null)
        {
            return refusal!;
        }
        if (body.Action is not { } action || !RepairActions.All.Contains(action, StringComparer.Ordinal))
        {
            return Answer.Invalid("action", $"must be {string.Join(", ", RepairActions.All)}");
        }
        if (!Body.IsText(body.Reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {ReasonMax} characters");
        }
        OrderId? named = null;
        if (body.OrderId is not null)
        {
            if (!OrderId.TryParse(body.OrderId, out var order))
            {
                return Answer.Invalid("orderId", "must be an order's number");
            }
            named = order;
        }
        if (!IsId(id) || !long.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var which))
        {
            return Answer.NotFound("difference");
        }
        return await repairs.RepairAsync(id, which, action, named, new ActBy(Access.Actor(context), body.Reason), context.RequestAborted) switch
        {
            RepairOutcome.Done done => Answer.Json(StatusCodes.Status200OK, Show(done.Difference), ApiJson.Readable.DifferenceJson),
            RepairOutcome.NotAllowed refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
            _ => Answer.NotFound("difference"),
        };
    }

    private async Task<Reconciliation?> FindAsync(string id, CancellationToken cancellationToken) =>
        IsId(id) && await reconciliations.FindAsync(id, cancellationToken) is { State: not ReconciliationState.Dropped } found ? found : null;

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit);

    private static bool TryKind(HttpContext context, out DifferenceKind? kind, out Answer? refusal)
    {
        (kind, refusal) = (null, null);
        if (context.Request.Query["kind"].ToString() is not { Length: > 0 } text)
        {
            return true;
        }
        foreach (var known in Enum.GetValues<DifferenceKind>())
        {
            if (Reconciliations.Name(known) == text)
            {
                kind = known;
                return true;
            }
        }
        refusal = Answer.Invalid("kind", $"must be {string.Join(", ", Enum.GetValues<DifferenceKind>().Select(Reconciliations.Name))}");
        return false;
    }

    private static Answer Show(int status, Reconciliation job) => Answer.Json(status, Show(job), ApiJson.Readable.ReconciliationAnswerJson);

    private static ReconciliationAnswerJson Show(Reconciliation job) => new(
        job.Id, job.Channel, job.GameId, job.FirstDay, job.LastDay, job.Format, job.Digest,
        job.State switch
        {
            ReconciliationState.Receiving => "receiving",
            ReconciliationState.Done => "done",
            _ => "matching",
        },
        job.State switch
        {
            ReconciliationState.Done => 100,
            ReconciliationState.Receiving => 0,
            // Half of it is theirs, half ours; how much ours will be is not known before its end.
            ReconciliationState.Lines => job.Counts.Staged == 0 ? 0 : (int)(50 * job.Counts.Walked / job.Counts.Staged),
            ReconciliationState.Payments => 50 + (int)(45 * job.Counts.Payments / Math.Max(1, Math.Max(job.Counts.Payments, job.Counts.Matched))),
            _ => 95,
        },
        job.Counts, job.Differences, job.Actor, Times.Of(job.CreatedMs), Times.Of(job.FinishedMs));

    private static DifferenceJson Show(Difference difference) => new(
        difference.Number, Reconciliations.Name(difference.Kind), difference.TransactionId, difference.OrderId?.Value, difference.ProductId, Show(difference.Theirs), Show(difference.Ours),
        Times.Of(difference.AtMs), difference.Line, difference.Detail, RepairActions.Of(difference),
        difference.Repair == RepairState.Open && difference.Outcome is null ? null
            : new RepairJson(
                Reconciliations.Name(difference.Repair), difference.Action, difference.Actor, difference.Reason, Times.Of(difference.RepairedMs), difference.Outcome));

    private static SideJson? Show(Side? side) => side is null ? null : new SideJson(side.Money?.ToString(), side.Currency, side.Units);
}
