using OrderCenter.Api.Authorization;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>Signing in and out, and one's own password and second factor (contract.md, "Operators, sessions, tokens").</summary>
internal sealed class SessionApi(SignIn signIn, Sessions sessions, OwnAccount account)
{
    /// <summary>The policy that bounds the sign-ins of an address.</summary>
    public const string SignInRate = "sign-in";

    private const int CodeMax = 16;
    private const string Wrong = "the name, the password or the code is wrong";

    public static void Map(RouteGroupBuilder group, SessionApi api)
    {
        group.MapPost("/session", (Delegate)api.SignInAsync).ForAnybody().WithMetadata(new ResponseNotStored())
            .RequireRateLimiting(SignInRate)
            .WithSummary("Sign in: the session comes as a cookie").Accepts<SignInJson>("application/json")
            .Produces<SessionJson>().ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapGet("/session", (Delegate)Get).ForOneself(allowsFirstPassword: true)
            .WithSummary("Who is signed in").Produces<SessionJson>();
        group.MapDelete("/session", (Delegate)api.SignOutAsync).ForOneself(allowsFirstPassword: true)
            .WithMetadata(new ResponseNotStored()).WithSummary("Sign out").Produces(StatusCodes.Status204NoContent);
        group.MapPut("/session/password", (Delegate)api.ChangePasswordAsync).ForOneself(allowsFirstPassword: true)
            .WithMetadata(new ResponseNotStored())
            .WithSummary("Change one's own password; other sessions end").Accepts<PasswordJson>("application/json")
            .Produces<SessionJson>().ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapPost("/session/totp", (Delegate)api.EnrolAsync).ForOneself(allowsFirstPassword: false)
            .WithMetadata(new ResponseNotStored())
            .WithSummary(
                "Enrol a second factor (RFC 6238): with the present password a secret is drawn, with a code of that secret it counts")
            .Accepts<EnrolJson>("application/json").Produces<SecondFactorJson>()
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapDelete("/session/totp", (Delegate)api.LeaveAsync).ForOneself(allowsFirstPassword: false)
            .WithMetadata(new ResponseNotStored())
            .WithSummary("Leave the second factor, with a code of it").Accepts<CodeJson>("application/json").Produces<SecondFactorJson>();
    }

    private Task<IResult> SignInAsync(HttpContext context) => RequestBody.ServeAsync(context, ApiJson.Readable.SignInJson, async body =>
    {
        // What cannot be a name or a password is refused as a wrong one, and counted as one.
        var name = body.Name is { Length: <= Operator.NameMax } given && given.Length > 0 && RequestBody.IsStorable(given) ? given : "-";
        var password = body.Password is { Length: <= Passwords.LengthMax } sent && RequestBody.IsStorable(sent) ? sent : "";
        var code = body.Code is { Length: > 0 and <= CodeMax } digits ? digits : null;
        switch (await signIn.RunAsync(name, password, code, context.Connection.RemoteIpAddress, context.RequestAborted))
        {
            case SignInOutcome.SignedIn { Session: var session }:
                await SessionCookie.SendAsync(context, session);
                return Show(context, session);
            case SignInOutcome.Locked { Seconds: var seconds }:
                return TooMany(context, seconds);
            default:
                return BearerTokens.Unknown(context, Wrong);
        }
    });

    private static IResult Get(HttpContext context) =>
        CallerAccess.Of(context).Session is { } session ? Show(context, session) : NoSession;

    private async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (CallerAccess.Of(context).Session is not { } session)
        {
            return NoSession;
        }
        await sessions.EndAsync(session, context.RequestAborted);
        await SessionCookie.TakeAwayAsync(context);
        return Results.NoContent();
    }

    private async Task<IResult> ChangePasswordAsync(HttpContext context)
    {
        if (CallerAccess.Of(context).Session is not { } session)
        {
            return NoSession;
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.PasswordJson, async body =>
        {
            var checks = new FieldChecks();
            var present = checks.Required("password", body.Password, Passwords.LengthMax);
            if (Passwords.Fault(body.NewPassword, session.Operator.Name) is { } fault)
            {
                checks.Refuse("newPassword", fault);
            }
            else if (body.NewPassword == present || !RequestBody.IsStorable(body.NewPassword!))
            {
                checks.Refuse("newPassword", "must be another one than before");
            }
            if (checks.Fault is { } refused)
            {
                return refused;
            }
            var outcome = await account.ChangePasswordAsync(
                session, present, body.NewPassword!, context.Connection.RemoteIpAddress, context.RequestAborted);
            if (outcome is not OwnAccountOutcome.Done { Session: var renewed })
            {
                return ShowRefusal(context, outcome, "password");
            }
            await SessionCookie.SendAsync(context, renewed);
            return Show(context, renewed);
        });
    }

    private async Task<IResult> EnrolAsync(HttpContext context)
    {
        if (CallerAccess.Of(context).Session is not { } session)
        {
            return NoSession;
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.EnrolJson, async body =>
        {
            if (session.Operator.CodeSecret is not null)
            {
                return ApiResult.Conflict("there is a second factor; leave it first");
            }
            if (body.Code is null)
            {
                return await DrawAsync(context, session, body.Password);
            }
            return body.Code.Length > CodeMax
                ? WrongCode
                : ShowFactor(
                    context, await account.ConfirmAsync(session, body.Code, context.Connection.RemoteIpAddress, context.RequestAborted),
                    isEnrolled: true);
        });
    }

    private async Task<IResult> DrawAsync(HttpContext context, Session session, string? password)
    {
        var checks = new FieldChecks();
        var present = checks.Required("password", password, Passwords.LengthMax);
        if (checks.Fault is { } fault)
        {
            return fault;
        }
        return await account.DrawSecretAsync(session, present, context.Connection.RemoteIpAddress, context.RequestAborted) switch
        {
            OwnAccountOutcome.Drawn drawn => ApiResult.Ok(
                new SecondFactorJson(Enrolled: false, drawn.Secret, drawn.Address), ApiJson.Readable.SecondFactorJson),
            var other => ShowRefusal(context, other, "password"),
        };
    }

    private async Task<IResult> LeaveAsync(HttpContext context)
    {
        if (CallerAccess.Of(context).Session is not { } session)
        {
            return NoSession;
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.CodeJson, async body =>
            body.Code is { Length: <= CodeMax } code
                ? ShowFactor(
                    context, await account.LeaveAsync(session, code, context.Connection.RemoteIpAddress, context.RequestAborted),
                    isEnrolled: false)
                : WrongCode);
    }

    private static ApiResult NoSession =>
        ApiResult.Problem(StatusCodes.Status403Forbidden, "this is for a session; a token has no password and no second factor");

    private static ApiResult WrongCode => ApiResult.Invalid("code", "must be the six digits of the authenticator app, not used before");

    private static ApiResult ShowFactor(HttpContext context, OwnAccountOutcome outcome, bool isEnrolled) =>
        outcome is OwnAccountOutcome.Done
            ? ApiResult.Ok(new SecondFactorJson(isEnrolled), ApiJson.Readable.SecondFactorJson)
            : ShowRefusal(context, outcome, "code");

    private static ApiResult ShowRefusal(HttpContext context, OwnAccountOutcome outcome, string field) => outcome switch
    {
        OwnAccountOutcome.Locked locked => TooMany(context, locked.Seconds),
        OwnAccountOutcome.NotEnrolled => ApiResult.Conflict("there is no second factor; draw its secret first"),
        OwnAccountOutcome.Wrong when field == "code" => WrongCode,
        OwnAccountOutcome.Wrong => ApiResult.Invalid(field, "must be the present password"),
        _ => ApiResult.Conflict("the operator was changed at the same moment; sign in again"),
    };

    private static ApiResult TooMany(HttpContext context, int seconds) =>
        BearerTokens.TooMany(context, seconds, "too many sign-ins failed, of this name or from this address");

    private static ApiResult Show(HttpContext context, Session session)
    {
        context.Response.Headers.CacheControl = "no-store";
        var one = session.Operator;
        return ApiResult.Ok(
            new SessionJson(
                one.Name, RoleTexts.All[one.Role], one.Games.Games, CsrfToken.Of(session), one.MustChangePassword,
                one.CodeSecret is not null),
            ApiJson.Readable.SessionJson);
    }
}
