using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;
using OrderCenter.Operators.Audit;

namespace OrderCenter.Api;

/// <summary>The audit log (contract.md, "Operators, sessions, tokens").</summary>
internal sealed class AuditApi(AppCatalog apps, AuditQueries audit)
{
    private const int ActionMax = 64;

    public static void Map(RouteGroupBuilder group, AuditApi api)
    {
        group.MapGet("/audit", (Delegate)api.ListAsync).For(Role.Viewer, GameSource.Query)
            .WithSummary("Every write of a person or a token: actor, action, gameId, from, to").TakesQuery(RouteQueries.Audit)
            .Produces<PageJson<AuditJson>>();
        group.MapGet("/audit/verify", (Delegate)api.VerifyAsync).For(Role.Admin, GameSource.None)
            .WithSummary("Recompute the chain of the audit log, and say where it is broken").Produces<AuditVerdictJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var action = query.Text("action");
        if (action is not null && (action.Length > ActionMax || !action.All(one => char.IsAsciiLetterLower(one) || one is '-' or '.')))
        {
            query.Refuse("action", $"must be an action such as order.refund, or a kind such as order, at most {ActionMax} characters");
        }
        var filter = new AuditFilter
        {
            Actor = query.Optional("actor", query.Text("actor"), FieldChecks.IdMax),
            Action = action,
            Games = query.Games(apps, CallerAccess.Of(context).Games),
            FromMs = query.Time("from"),
            ToMs = query.Time("to"),
        };
        var after = query.After<(long, string)>(key => (key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var page = await audit.ListAsync(filter, after, query.ReadLimit, context.RequestAborted);
        return query.Page(page, Show, entry => new PageKey(entry.AtMs, entry.Id), ApiJson.Readable.PageJsonAuditJson);
    }

    private async Task<IResult> VerifyAsync(HttpContext context)
    {
        var verdict = await audit.VerifyAsync(context.RequestAborted);
        var broken = verdict.BrokenNumber is { } number ? new BrokenEntryJson(number, verdict.Fault!) : null;
        return ApiResult.Ok(new AuditVerdictJson(verdict.Entries, broken is null, broken), ApiJson.Readable.AuditVerdictJson);
    }

    private static AuditJson Show(AuditRecord entry) => new(
        entry.Id, entry.Number, Rfc3339Time.Of(entry.AtMs), entry.Actor, entry.Via, entry.Role, entry.Address, entry.Action, entry.GameId,
        entry.Target, entry.Before, entry.After, entry.Reason, entry.PreviousHash, entry.Hash);
}
