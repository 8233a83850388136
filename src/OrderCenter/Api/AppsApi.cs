using System.Text.Json.Nodes;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Payments;

namespace OrderCenter.Api;

/// <summary>Apps and their secrets (contract.md, "Native API").</summary>
internal sealed partial class AppsApi(
    AppCatalog apps, AppAdministration administration, AppRedaction redaction, CallbackAdministration callbacks,
    SenderOptions sender, ChannelRegistry channels, PublicAddress address, ILogger<AppsApi> log)
{
    private const long PreviousValidSecondsMax = 365 * 86_400;

    public static void Map(RouteGroupBuilder group, AppsApi api)
    {
        group.MapPut("/apps/{gameId}", api.PutAsync).For(Role.Admin, GameSource.Route)
            .WithSummary("Create or change an app").Accepts<JsonObject>("application/json")
            .Produces<JsonObject>().Produces<JsonObject>(201);
        group.MapGet("/apps", api.List).For(Role.Viewer, GameSource.Query)
            .WithSummary("List the apps, without secrets").TakesQuery(RouteQueries.Paging)
            .Produces<PageJson<JsonObject>>();
        group.MapGet("/apps/{gameId}", api.Get).For(Role.Viewer, GameSource.Route)
            .WithSummary("Read an app, without secrets").Produces<JsonObject>();
        group.MapPost("/apps/{gameId}/secrets", api.RotateAsync).For(Role.Admin, GameSource.Route).WithSummary("Rotate an app's secret")
            .Accepts<RotateJson>("application/json")
            .Produces<JsonObject>();
    }

    private async Task<IResult> PutAsync(string gameId, HttpContext context)
    {
        if (NumberOf(gameId) is not { } number)
        {
            return ApiResult.Invalid("gameId", $"must be a number from 1 to {App.GameIdMax}, or the alias of an app");
        }
        return await RequestBody.ServeObjectAsync(context, async patch =>
        {
            // Which networks callbacks may reach is the installation's, and so not a matter of one game.
            if (CallerAccess.Of(context).Games.Games is not null
                && patch["callback"] is JsonObject callback && callback.ContainsKey("allowedNetworks"))
            {
                return ApiResult.Invalid("callback.allowedNetworks", "may be set only by who is not limited to games");
            }
            var outcome = await administration.PutAsync(number, patch, context.RequestAborted);
            if (outcome is AppOutcome.Changed { Entry.App.Disabled: false })
            {
                await callbacks.ResumeAsync(context.RequestAborted);
            }
            return ToResult(outcome, CallerAccess.Of(context).Actor);
        });
    }

    private IResult List(HttpContext context)
    {
        var query = new ListQuery(context);
        var after = query.After<PageKey>(key => AppCatalog.TryGameId(key.Id, out _) ? key : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var entries = NewestFirst(apps, CallerAccess.Of(context).Games);
        var page = after is not { } last || !AppCatalog.TryGameId(last.Id, out var lastGameId)
            ? entries
            : entries.Where(entry => entry.CreatedMs < last.Ms || (entry.CreatedMs == last.Ms && entry.App.GameId < lastGameId));
        return query.Page(
            [.. page.Take(query.ReadLimit)], Show, entry => new PageKey(entry.CreatedMs, entry.App.GameId.ToString()),
            ApiJson.Readable.PageJsonJsonObject);
    }

    /// <summary>The apps of a limit, newest first.</summary>
    internal static IEnumerable<AppEntry> NewestFirst(AppCatalog apps, GameLimit games) =>
        apps.All.Where(entry => games.Allows(entry.App.GameId))
            .OrderByDescending(entry => entry.CreatedMs).ThenByDescending(entry => entry.App.GameId);

    private IResult Get(string gameId) =>
        apps.Find(gameId) is { } entry ? ApiResult.Ok(ShowWithWarnings(entry), ApiJson.Readable.JsonObject) : ApiResult.NotFound("app");

    private async Task<IResult> RotateAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { } entry)
        {
            return ApiResult.NotFound("app");
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.RotateJson, async rotate =>
        {
            if (rotate.PreviousValidSeconds is < 0 or > PreviousValidSecondsMax)
            {
                return ApiResult.Invalid("previousValidSeconds", $"must be 0 to {PreviousValidSecondsMax} seconds");
            }
            var outcome = await administration.RotateAsync(
                entry.App.GameId, rotate.Secret ?? "", rotate.PreviousValidSeconds * 1000, context.RequestAborted);
            return ToResult(outcome, CallerAccess.Of(context).Actor);
        });
    }

    private long? NumberOf(string gameId) => AppCatalog.TryGameId(gameId, out var number) ? number : apps.Find(gameId)?.App.GameId;

    private ApiResult ToResult(AppOutcome outcome, string actor)
    {
        switch (outcome)
        {
            case AppOutcome.Created { Entry: var entry }:
                var settings = redaction.DescribeChanges(null, entry);
                LogCreated(log, entry.App.GameId, actor, settings);
                return ApiResult.Json(StatusCodes.Status201Created, ShowWithWarnings(entry), ApiJson.Readable.JsonObject);
            case AppOutcome.Changed { Entry: var entry } changed:
                var changes = redaction.DescribeChanges(changed.Before, entry);
                LogChanged(log, entry.App.GameId, actor, changes);
                return ApiResult.Ok(ShowWithWarnings(entry), ApiJson.Readable.JsonObject);
            case AppOutcome.Invalid invalid:
                return ApiResult.Problem(
                    StatusCodes.Status400BadRequest,
                    string.Join("; ", invalid.Faults.Select(fault => $"{fault.Field} {fault.Allowed}".Trim())),
                    [.. invalid.Faults.Select(fault => new FieldFault(fault.Field, fault.Allowed))]);
            default:
                return ApiResult.NotFound("app");
        }
    }

    /// <summary>The app, and which of its settings will not work here.</summary>
    private JsonObject ShowWithWarnings(AppEntry entry)
    {
        var shown = Show(entry);
        var warnings = new List<string>();
        foreach (var (field, url) in new[] { ("callbackUrl", entry.App.CallbackUrl), ("eventsUrl", entry.App.EventsUrl) })
        {
            if (url is not null && CallbackUrlPolicy.ReasonBlocked(url, entry.App, sender) is { } blocked)
            {
                warnings.Add($"{field}: {blocked}");
            }
        }
        warnings.AddRange(PublicUrlRule.FindUnreachable(entry.App, channels, address).Select(PublicUrlRule.Warning));
        foreach (var (name, settings) in entry.App.Channels)
        {
            warnings.AddRange((channels.Find(name)?.Warnings(settings) ?? []).Select(warning => $"channels.{name}: {warning}"));
        }
        if (warnings.Count > 0)
        {
            shown["warnings"] = new JsonArray([.. warnings.Select(warning => (JsonNode)warning)]);
        }
        return shown;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "app {GameId} created by {Actor}: {Settings}")]
    private static partial void LogCreated(ILogger logger, long gameId, string actor, string settings);

    [LoggerMessage(Level = LogLevel.Information, Message = "app {GameId} changed by {Actor}: {Changes}")]
    private static partial void LogChanged(ILogger logger, long gameId, string actor, string changes);

    private JsonObject Show(AppEntry entry)
    {
        var shown = redaction.Redact(entry);
        shown.Insert(0, "gameId", entry.App.GameId);
        shown["secrets"] = new JsonArray([.. entry.App.Secrets.Select(Show)]);
        shown["createdAt"] = Rfc3339Time.Text(entry.CreatedMs);
        shown["updatedAt"] = Rfc3339Time.Text(entry.UpdatedMs);
        return shown;
    }

    private static JsonNode Show(AppSecret secret)
    {
        var shown = new JsonObject
        {
            ["createdAt"] = Rfc3339Time.Text(secret.CreatedMs),
            ["validUntil"] = secret.ValidUntilMs is { } until ? Rfc3339Time.Text(until) : null,
        };
        if (secret.IsWeak)
        {
            shown["weak"] = true;
        }
        return shown;
    }
}
