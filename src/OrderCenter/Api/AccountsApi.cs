using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>Body of <c>PUT /users/{uid}</c>: an absent field keeps its value. <c>platAccount</c> is text (a JSON number is taken by its
/// text).</summary>
internal sealed record UserPutJson
{
    public JsonElement PlatAccount { get; init; }
    public string? UserName { get; init; }
}

internal sealed record UserJson(string Uid, string PlatAccount, string UserName);

/// <summary>Body of <c>POST /users/{uid}/openids</c>. <c>gameId</c> is a number or an alias.</summary>
internal sealed record OpenIdRequestJson
{
    public JsonElement GameId { get; init; }
}

internal sealed record OpenIdJson(string OpenId);

/// <summary>Body of <c>POST /users/{uid}/points</c>. <c>amount</c> is decimal text (a JSON number is taken by its text), negative where it
/// takes away.</summary>
internal sealed record PostingJson
{
    public JsonElement Amount { get; init; }
    public string? Reason { get; init; }
    public string? IdempotencyKey { get; init; }
}

internal sealed record BalanceJson(string Balance);

/// <summary>Users, their openIds and their points (contract.md, "Native API").</summary>
internal sealed class AccountsApi(AppCatalog apps, Users users, PointsLedger points)
{
    public static void Map(RouteGroupBuilder group, AccountsApi api)
    {
        group.MapPut("/users/{uid}", api.PutAsync).For(Role.Support, GameSource.User)
            .WithSummary("Create or change a user").Accepts<UserPutJson>("application/json")
            .Produces<UserJson>().Produces<UserJson>(201);
        group.MapPost("/users/{uid}/openids", api.GiveOpenIdAsync).For(Role.Support, GameSource.User)
            .WithSummary("A user's openId in a game; the same at every call")
            .Accepts<OpenIdRequestJson>("application/json").Produces<OpenIdJson>().Produces<OpenIdJson>(201);
        group.MapPost("/users/{uid}/points", api.PostAsync).For(Role.Finance, GameSource.User)
            .WithSummary("Give or take points; idempotencyKey makes it happen once")
            .Accepts<PostingJson>("application/json").Produces<BalanceJson>();
        group.MapGet("/users/{uid}/points", api.BalanceAsync).For(Role.Viewer, GameSource.User)
            .WithSummary("Read a user's balance").Produces<BalanceJson>();
    }

    private Task<IResult> PutAsync(string uid, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.UserPutJson, async body =>
        {
            var checks = new FieldChecks();
            checks.Required("uid", uid.Any(char.IsControl) ? null : uid, FieldChecks.IdMax);
            var platAccount = RequestBody.TextOrNumber(body.PlatAccount);
            if (RequestBody.IsGiven(body.PlatAccount))
            {
                checks.Required("platAccount", platAccount, FieldChecks.IdMax);
            }
            checks.OptionalOrEmpty("userName", body.UserName, FieldChecks.TextMax);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await users.PutAsync(
                uid, platAccount, body.UserName, CallerAccess.Of(context).Games, context.RequestAborted) is not { } put)
            {
                return ApiResult.NotFound("user");
            }
            return ApiResult.Json(
                put.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                new UserJson(put.User.Uid, put.User.PlatAccount, put.User.UserName), ApiJson.Readable.UserJson);
        });

    private Task<IResult> GiveOpenIdAsync(string uid, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.OpenIdRequestJson, async body =>
        {
            var checks = new FieldChecks();
            var games = CallerAccess.Of(context).Games;
            if (checks.App(apps, games, RequestBody.TextOrNumber(body.GameId)) is not { } app)
            {
                return checks.Fault!;
            }
            return await users.AssignOpenIdAsync(uid, app.GameId, games, context.RequestAborted) is { } given
                ? ApiResult.Json(
                    given.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, new OpenIdJson(given.OpenId.Value),
                    ApiJson.Readable.OpenIdJson)
                : ApiResult.NotFound("user");
        });

    private Task<IResult> PostAsync(string uid, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.PostingJson, async body =>
        {
            var checks = new FieldChecks();
            if (!Points.TryParse(RequestBody.TextOrNumber(body.Amount), out var amount) || amount == Points.Zero)
            {
                checks.Refuse("amount", $"must not be 0: {Points.Form}, as text");
            }
            var reason = checks.Reason(body.Reason);
            var key = checks.Required("idempotencyKey", body.IdempotencyKey, FieldChecks.TextMax);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            return await points.PostAsync(
                uid, amount, reason, key, CallerAccess.Of(context).Actor, CallerAccess.Of(context).Games, context.RequestAborted) switch
            {
                PostOutcome.Posted posted => Show(posted.Balance),
                PostOutcome.Repeated repeated => Show(repeated.Balance),
                PostOutcome.Different => ApiResult.Conflict("idempotencyKey was used before with other content"),
                PostOutcome.Insufficient insufficient => ApiResult.Conflict(
                    $"the points do not suffice: the balance is {insufficient.Balance}"),
                PostOutcome.TooLarge large => ApiResult.Conflict(
                    $"the balance is {large.Balance} and may not pass {new Points(Points.MaxE4)}"),
                _ => ApiResult.NotFound("user"),
            };
        });

    private async Task<IResult> BalanceAsync(string uid, HttpContext context) =>
        await points.BalanceAsync(uid, CallerAccess.Of(context).Games, context.RequestAborted) is { } balance
            ? Show(balance)
            : ApiResult.NotFound("user");

    private static ApiResult Show(Points balance) => ApiResult.Ok(new BalanceJson(balance.ToString()), ApiJson.Readable.BalanceJson);
}
