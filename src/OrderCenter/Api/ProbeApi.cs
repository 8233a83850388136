using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Payments;

namespace OrderCenter.Api;

/// <summary>Tries an address of a game with callbacks, good and forged ones: <c>ordercenter probe</c> from the service.</summary>
internal sealed class ProbeApi(AppCatalog apps, EndpointProbe probe, SenderOptions sender, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder group, ProbeApi api) =>
        group.MapPost("/apps/{gameId}/probe", api.ProbeAsync).For(Role.Admin, GameSource.Route).WithMetadata(new ResponseNotStored())
            .WithSummary("Try an address with callbacks as the app's are, good and forged ones, signed with its secret; at most 30 s")
            .Accepts<ProbeJson>("application/json").Produces<ProbedJson>().ProducesProblem(StatusCodes.Status409Conflict);

    private async Task<IResult> ProbeAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.ProbeJson, async body =>
        {
            if (body.Url is not { } text || !AppDocument.IsHttpUrl(text))
            {
                return ApiResult.Invalid("url", $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
            }
            if (CallbackUrlPolicy.ReasonBlocked(text, app, sender) is { } reason)
            {
                return ApiResult.Invalid("url", $"must be an address that callbacks may go to: {reason}");
            }
            if (app.SigningSecret(clock.NowMs()) is not { } secret)
            {
                return ApiResult.Conflict($"app {app.GameId} has no secret");
            }
            var findings = await probe.RunAsync(app, secret, new Uri(text), ChannelNumbers.NameOf(1), context.RequestAborted);
            return ApiResult.Ok(new ProbedJson([.. findings.Select(Show)]), ApiJson.Readable.ProbedJson);
        });
    }

    private static FindingJson Show(ProbeFinding finding) => new(
        finding.Trial, finding.Verdict != ProbeVerdict.Wrong,
        finding.Verdict switch { ProbeVerdict.Good => "good", ProbeVerdict.Advice => "advice", _ => "wrong" }, finding.Explanation);
}

/// <summary>Body of <c>POST /apps/{gameId}/probe</c>.</summary>
internal sealed record ProbeJson
{
    /// <summary>The address that callbacks are to go to.</summary>
    public string? Url { get; init; }
}

/// <summary>What a probe has found, in the order of its steps.</summary>
internal sealed record ProbedJson(IReadOnlyList<FindingJson> Findings);

/// <summary>One step of a probe.</summary>
/// <param name="Step">What was sent, and what the receiver has to do with it.</param>
/// <param name="IsOk">False: orders would be lost, goods granted to a forger, or nothing was proven.</param>
/// <param name="Verdict"><c>good</c>, <c>advice</c> (allowed, and there is a better way) or <c>wrong</c>.</param>
/// <param name="Text">What happened, and what to do.</param>
internal sealed record FindingJson(string Step, bool IsOk, string Verdict, string Text);
