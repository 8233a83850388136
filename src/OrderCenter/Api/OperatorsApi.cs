using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The operators (contract.md, "Operators, sessions, tokens").</summary>
internal sealed class OperatorsApi(OperatorAdministration administration)
{
    private const string CursorId = "n";

    public static void Map(RouteGroupBuilder group, OperatorsApi api)
    {
        group.MapGet("/operators", (Delegate)api.ListAsync).For(Role.Admin, GameSource.Holder)
            .WithSummary("The operators, newest first").TakesQuery(RouteQueries.Paging).Produces<PageJson<OperatorJson>>();
        group.MapPost("/operators", (Delegate)api.CreateAsync).For(Role.Admin, GameSource.Holder).WithMetadata(new ResponseNotStored())
            .WithSummary("Make an operator; the first password is answered once, and must be changed at the first sign-in")
            .Accepts<NewOperatorJson>("application/json").Produces<OperatorJson>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPatch("/operators/{name}", api.ChangeAsync).For(Role.Admin, GameSource.Holder).WithMetadata(new ResponseNotStored())
            .WithSummary("Change an operator; his sessions end").Accepts<OperatorChangeJson>("application/json")
            .Produces<OperatorJson>();
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var skipped = query.After<int>(key => key.Id == CursorId && key.Ms is > 0 and <= int.MaxValue ? (int)key.Ms : null) ?? 0;
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var all = await administration.ListAsync(CallerAccess.Of(context).Games, context.RequestAborted);
        return query.Page(
            [.. all.Skip(skipped).Take(query.ReadLimit)], one => Show(one), _ => new PageKey(skipped + query.Limit, CursorId),
            ApiJson.Readable.PageJsonOperatorJson);
    }

    private Task<IResult> CreateAsync(HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.NewOperatorJson, async body =>
        {
            var checks = new FieldChecks();
            if (!Operator.IsName(body.Name))
            {
                checks.Refuse("name", $"must be 1 to {Operator.NameMax} letters, digits and . _ @ -");
            }
            var role = OperatorFields.Role(checks, body.Role);
            var games = OperatorFields.Games(checks, body.Games);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            return ToResult(
                context,
                await administration.CreateAsync(body.Name!, role, games, CallerAccess.Of(context).Games, context.RequestAborted),
                StatusCodes.Status201Created);
        });

    private Task<IResult> ChangeAsync(string name, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.OperatorChangeJson, async body =>
        {
            var checks = new FieldChecks();
            var change = new OperatorChange
            {
                Role = body.Role is null ? null : OperatorFields.Role(checks, body.Role),
                Games = OperatorFields.Games(checks, body.Games),
                IsDisabled = body.Disabled,
                ResetsPassword = body.ResetPassword == true,
                ResetsSecondFactor = body.ResetTotp == true,
            };
            if (change == new OperatorChange())
            {
                checks.Refuse("", "at least one of role, games, disabled, resetPassword, resetTotp must be given");
            }
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            return Operator.IsName(name)
                ? ToResult(
                    context,
                    await administration.ChangeAsync(name, change, CallerAccess.Of(context).Games, context.RequestAborted),
                    StatusCodes.Status200OK)
                : ApiResult.NotFound("operator");
        });

    private static ApiResult ToResult(HttpContext context, OperatorOutcome outcome, int status)
    {
        switch (outcome)
        {
            case OperatorOutcome.Done done:
                context.Response.Headers.CacheControl = "no-store";
                return ApiResult.Json(status, Show(done.Operator, done.Password), ApiJson.Readable.OperatorJson);
            case OperatorOutcome.NameTaken:
                return ApiResult.Conflict("there is an operator of this name");
            case OperatorOutcome.TooMany:
                return ApiResult.Conflict("there are too many operators");
            case OperatorOutcome.Beyond:
                return OperatorFields.Beyond;
            default:
                return ApiResult.NotFound("operator");
        }
    }

    private static OperatorJson Show(Operator one, string? password = null) => new(
        one.Name, RoleTexts.All[one.Role], one.Games.Games, one.IsDisabled, one.MustChangePassword, one.CodeSecret is not null,
        Rfc3339Time.Of(one.CreatedMs), Rfc3339Time.Of(one.UpdatedMs), password);
}
