using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>Body of <c>PUT /users/{uid}</c>: an absent field keeps its value. <c>platAccount</c> is text (a JSON number is taken by its text).</summary>
internal sealed record UserPutJson
{
    public JsonElement PlatAccount { get; init; }
    public string? UserName { get; init; }
}

internal sealed record UserJson(string Uid, string PlatAccount, string UserName);

/// <summary>Body of <c>POST /users/{uid}/openids</c>. <c>gameId</c> is a number or an alias.</summary>
internal sealed record OpenIdAskedJson
{
    public JsonElement GameId { get; init; }
}

internal sealed record OpenIdJson(string OpenId);

/// <summary>Body of <c>POST /users/{uid}/points</c>. <c>amount</c> is decimal text (a JSON number is taken by its text), negative where it takes away.</summary>
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
    private const int ReasonMax = 512;

    public static void Map(RouteGroupBuilder group, AccountsApi api)
    {
        group.MapPut("/users/{uid}", api.PutAsync).WithSummary("Create or change a user").Accepts<UserPutJson>("application/json").Produces<UserJson>().Produces<UserJson>(201);
        group.MapPost("/users/{uid}/openids", api.GiveOpenIdAsync).WithSummary("A user's openId in a game; the same at every call")
            .Accepts<OpenIdAskedJson>("application/json").Produces<OpenIdJson>().Produces<OpenIdJson>(201);
        group.MapPost("/users/{uid}/points", api.PostAsync).WithSummary("Give or take points; idempotencyKey makes it happen once")
            .Accepts<PostingJson>("application/json").Produces<BalanceJson>();
        group.MapGet("/users/{uid}/points", api.BalanceAsync).WithSummary("Read a user's balance").Produces<BalanceJson>();
    }

    private async Task<IResult> PutAsync(string uid, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.UserPutJson);
        if (body is null)
        {
            return refusal!;
        }
        if (!Body.IsText(uid, Body.IdMax) || uid.Any(char.IsControl))
        {
            return Answer.Invalid("uid", $"must be 1 to {Body.IdMax} characters");
        }
        var platAccount = Body.TextOrNumber(body.PlatAccount);
        if (Body.IsGiven(body.PlatAccount) && !Body.IsText(platAccount, Body.IdMax))
        {
            return Answer.Invalid("platAccount", $"must be 1 to {Body.IdMax} characters");
        }
        if (body.UserName is { Length: > 0 } && !Body.IsText(body.UserName, Body.TextMax))
        {
            return Answer.Invalid("userName", $"must be at most {Body.TextMax} characters");
        }
        var put = await users.PutAsync(uid, platAccount, body.UserName, context.RequestAborted);
        return Answer.Json(
            put.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            new UserJson(put.User.Uid, put.User.PlatAccount, put.User.UserName), ApiJson.Readable.UserJson);
    }

    private async Task<IResult> GiveOpenIdAsync(string uid, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.OpenIdAskedJson);
        if (body is null)
        {
            return refusal!;
        }
        if (apps.Find(Body.TextOrNumber(body.GameId)) is not { App: var app })
        {
            return Answer.Invalid("gameId", "must be the number or the alias of an app");
        }
        return await users.GiveOpenIdAsync(uid, app.GameId, context.RequestAborted) is { } given
            ? Answer.Json(given.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, new OpenIdJson(given.OpenId.Value), ApiJson.Readable.OpenIdJson)
            : Answer.NotFound("user");
    }

    private async Task<IResult> PostAsync(string uid, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.PostingJson);
        if (body is null)
        {
            return refusal!;
        }
        if (!Points.TryParse(Body.TextOrNumber(body.Amount), out var amount) || amount == Points.Zero)
        {
            return Answer.Invalid("amount", $"must not be 0: {Points.Form}, as text");
        }
        if (!Body.IsText(body.Reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {ReasonMax} characters");
        }
        if (!Body.IsText(body.IdempotencyKey, Body.TextMax))
        {
            return Answer.Invalid("idempotencyKey", $"must be 1 to {Body.TextMax} characters");
        }
        return await points.PostAsync(uid, amount, body.Reason, body.IdempotencyKey, Access.Actor(context), context.RequestAborted) switch
        {
            PostOutcome.Posted posted => Shown(posted.Balance),
            PostOutcome.Repeated repeated => Shown(repeated.Balance),
            PostOutcome.Different => Answer.Problem(StatusCodes.Status409Conflict, "idempotencyKey was used before with other content"),
            PostOutcome.Insufficient insufficient => Answer.Problem(StatusCodes.Status409Conflict, $"the points do not suffice: the balance is {insufficient.Balance}"),
            PostOutcome.TooLarge large => Answer.Problem(StatusCodes.Status409Conflict, $"the balance is {large.Balance} and may not pass {new Points(Points.MaxE4)}"),
            _ => Answer.NotFound("user"),
        };
    }

    private async Task<IResult> BalanceAsync(string uid, CancellationToken cancellationToken) =>
        await points.BalanceAsync(uid, cancellationToken) is { } balance ? Shown(balance) : Answer.NotFound("user");

    private static Answer Shown(Points balance) => Answer.Json(StatusCodes.Status200OK, new BalanceJson(balance.ToString()), ApiJson.Readable.BalanceJson);
}
