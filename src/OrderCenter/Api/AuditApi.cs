using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;
using OrderCenter.Operators.Audit;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Api;

/// <summary>The audit log (contract.md, "Operators, sessions, tokens").</summary>
internal sealed class AuditApi(AppCatalog apps, AuditQueries audit)
{
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
        var filter = ListFilters.Audit(query, apps, CallerAccess.Of(context).Games);
        var after = query.After<ListKey>(key => new ListKey(key.Ms, key.Id));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await audit.ListAsync(filter, after, query.Limit, context.RequestAborted);
        return ListQuery.Page(part, Show, ApiJson.Readable.PageJsonAuditJson);
    }

    /// <summary>The chain is one for all games: how long it is, and where it is broken, tells of other games, so that a caller who is
    /// limited to some learns only whether it is intact.</summary>
    private async Task<IResult> VerifyAsync(HttpContext context)
    {
        var verdict = await audit.VerifyAsync(context.RequestAborted);
        if (CallerAccess.Of(context).Games.Games is not null)
        {
            return ApiResult.Ok(new AuditVerdictJson(Entries: null, verdict.Fault is null), ApiJson.Readable.AuditVerdictJson);
        }
        var broken = verdict.BrokenNumber is { } number ? new BrokenEntryJson(number, verdict.Fault!) : null;
        return ApiResult.Ok(new AuditVerdictJson(verdict.Entries, broken is null, broken), ApiJson.Readable.AuditVerdictJson);
    }

    private static AuditJson Show(AuditRecord entry) => new(
        entry.Id, entry.Number, Rfc3339Time.Of(entry.AtMs), entry.Actor, entry.Via, entry.Role, entry.Address, entry.Action, entry.GameId,
        entry.Target, entry.Before, entry.After, entry.Reason, entry.PreviousHash, entry.Hash);
}
