using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The API tokens of machines (contract.md, "Operators, sessions, tokens").</summary>
internal sealed class TokensApi(ApiTokens tokens, TimeProvider clock)
{
    private const string CursorId = "n";

    public static void Map(RouteGroupBuilder group, TokensApi api)
    {
        group.MapGet("/tokens", (Delegate)api.ListAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("The API tokens, newest first, without their secrets").TakesQuery(RouteQueries.Paging)
            .Produces<PageJson<TokenJson>>();
        group.MapPost("/tokens", (Delegate)api.CreateAsync).For(Role.Admin, GameSource.Holder).WithMetadata(new ResponseNotStored())
            .WithSummary("Make an API token; it is answered once").Accepts<NewTokenJson>("application/json")
            .Produces<TokenJson>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapDelete("/tokens/{id}", api.DeleteAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("Delete an API token: it is void at once").Produces(StatusCodes.Status204NoContent);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var skipped = query.After<int>(key => key.Id == CursorId && key.Ms is > 0 and <= int.MaxValue ? (int)key.Ms : null) ?? 0;
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var all = await tokens.ListAsync(CallerAccess.Of(context).Games, context.RequestAborted);
        var page = all.Skip(skipped).Take(query.ReadLimit).ToList();
        return query.Page(
            page, token => Show(token, text: null), _ => new PageKey(skipped + query.Limit, CursorId),
            ApiJson.Readable.PageJsonTokenJson);
    }

    private Task<IResult> CreateAsync(HttpContext context) => RequestBody.ServeAsync(context, ApiJson.Readable.NewTokenJson, async body =>
    {
        var access = CallerAccess.Of(context);
        var checks = new FieldChecks();
        var name = checks.Required("name", body.Name?.Any(char.IsControl) ?? false ? null : body.Name, Operator.NameMax);
        var role = OperatorFields.Role(checks, body.Role);
        var games = OperatorFields.Games(checks, body.Games);
        long? expiresMs = null;
        if (body.ExpiresAt is { } text)
        {
            if (!Rfc3339Time.TryParse(text, out var ms) || ms <= clock.NowMs())
            {
                checks.Refuse("expiresAt", "must be an RFC 3339 time to come, such as 2027-11-21T00:00:00Z");
            }
            expiresMs = ms;
        }
        if (checks.Fault is { } fault)
        {
            return fault;
        }
        if (!access.Games.Covers(games))
        {
            return OperatorFields.Beyond;
        }
        var (token, secret) = await tokens.CreateAsync(name, role, games, expiresMs, access.Actor, context.RequestAborted);
        if (secret is null)
        {
            return ApiResult.Conflict("there is a token of this name, or there are too many");
        }
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.Json(StatusCodes.Status201Created, Show(token, secret), ApiJson.Readable.TokenJson);
    });

    private async Task<IResult> DeleteAsync(string id, HttpContext context) =>
        await tokens.DeleteAsync(id, CallerAccess.Of(context).Games, context.RequestAborted)
            ? Results.NoContent()
            : ApiResult.NotFound("token");

    private static TokenJson Show(ApiToken token, string? text) => new(
        token.Id, token.Name, RoleTexts.All[token.Role], token.Games.Games, Rfc3339Time.Of(token.ExpiresMs), token.CreatedBy,
        Rfc3339Time.Of(token.CreatedMs), text);
}
