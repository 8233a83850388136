using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The sign debugger: how fields are signed with an app's newest secret, and where another text first differs. The secret itself
/// is not shown.</summary>
internal sealed class SignApi(AppCatalog apps, IEnumerable<ICallbackProtocol> protocols, TimeProvider clock)
{
    private const int FieldsMax = 256;

    public static void Map(RouteGroupBuilder group, SignApi api) =>
        group.MapPost("/apps/{gameId}/sign", api.ExplainAsync).For(Role.Admin, GameSource.Route).WithMetadata(new ResponseNotStored())
            .WithSummary("Explain a signature: fields, and a text to compare with")
            .Accepts<SignJson>("application/json").Produces<SignedJson>();

    private async Task<IResult> ExplainAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.SignJson, body => Task.FromResult<IResult>(Explain(app, body)));
    }

    private ApiResult Explain(App app, SignJson body)
    {
        if (body.Fields is not { Count: > 0 and <= FieldsMax } given || given.Values.Any(value => RequestBody.TextOrNumber(value) is null))
        {
            return ApiResult.Invalid("fields", $"must be an object of 1 to {FieldsMax} texts or numbers");
        }
        if (app.SigningSecret(clock.NowMs()) is not { } secret)
        {
            return ApiResult.Conflict($"app {app.GameId} has no secret");
        }
        var fields = given.Select(field => new KeyValuePair<string, string>(field.Key, RequestBody.TextOrNumber(field.Value)!)).ToList();
        if (protocols.First(protocol => protocol.Name == app.Protocol).Explain(fields, secret) is not { } explanation)
        {
            return ApiResult.Conflict($"{app.Protocol} signs no fields; its callbacks carry the Standard Webhooks headers");
        }
        var difference = body.Against is { } theirs ? explanation.FirstDifference(theirs) : null;
        return ApiResult.Ok(
            new SignedJson(explanation.Rule, explanation.Canonical + "***", explanation.Sign, difference), ApiJson.Readable.SignedJson);
    }
}

/// <summary>Body of <c>POST /apps/{gameId}/sign</c>.</summary>
internal sealed record SignJson
{
    /// <summary>The fields, decoded, in the order in which they stand in the body.</summary>
    public Dictionary<string, JsonElement>? Fields { get; init; }

    /// <summary>A text that somebody else hashed, without the secret.</summary>
    public string? Against { get; init; }
}

/// <summary>A signature and its text; <c>hashed</c> ends with the secret, masked. <c>firstDifference</c> counts characters from 0; null:
/// none, or nothing to compare. </summary>
internal sealed record SignedJson(string Rule, string Hashed, string Sign, int? FirstDifference);
