using System.Text.Json.Nodes;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>Apps and their secrets (contract.md, "Native API").</summary>
internal sealed class AppsApi(AppCatalog apps, CallbackBook callbacks)
{
    private const long PreviousValidSecondsMax = 365 * 86_400;

    public static void Map(RouteGroupBuilder group, AppsApi api)
    {
        group.MapPut("/apps/{gameId}", api.PutAsync).WithSummary("Create or change an app").Accepts<JsonObject>("application/json").Produces<JsonObject>().Produces<JsonObject>(201);
        group.MapGet("/apps", api.List).WithSummary("List the apps, without secrets").Produces<PageJson<JsonObject>>();
        group.MapGet("/apps/{gameId}", api.Get).WithSummary("Read an app, without secrets").Produces<JsonObject>();
        group.MapPost("/apps/{gameId}/secrets", api.RotateAsync).WithSummary("Rotate an app's secret").Accepts<RotateJson>("application/json").Produces<JsonObject>();
    }

    private async Task<IResult> PutAsync(string gameId, HttpContext context)
    {
        if (NumberOf(gameId) is not { } number)
        {
            return Answer.Invalid("gameId", $"must be a number from 1 to {App.GameIdMax}, or the alias of an app");
        }
        var (patch, refusal) = await Body.ReadObjectAsync(context);
        if (patch is null)
        {
            return refusal!;
        }
        var outcome = await apps.PutAsync(number, patch, context.RequestAborted);
        if (outcome is AppOutcome.Changed { Entry.App.Disabled: false })
        {
            await callbacks.ResumeAsync(context.RequestAborted);
        }
        return ToAnswer(outcome);
    }

    private IResult List(HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal))
        {
            return refusal;
        }
        var lastGameId = 0L;
        if (paging.After is { } last && !AppCatalog.TryGameId(last.Id, out lastGameId))
        {
            return Paging.OtherList;
        }
        var entries = apps.All.OrderByDescending(entry => entry.CreatedMs).ThenByDescending(entry => entry.App.GameId)
            .Where(entry => paging.After is not { } after || entry.CreatedMs < after.Ms || (entry.CreatedMs == after.Ms && entry.App.GameId < lastGameId))
            .Take(paging.Limit + 1).ToList();
        return Paging.Page(entries, paging.Limit, Shown, entry => new PageKey(entry.CreatedMs, entry.App.GameId.ToString()), ApiJson.Readable.PageJsonJsonObject);
    }

    private IResult Get(string gameId) =>
        apps.Find(gameId) is { } entry ? Answer.Json(StatusCodes.Status200OK, Shown(entry), ApiJson.Readable.JsonObject) : Answer.NotFound("app");

    private async Task<IResult> RotateAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { } entry)
        {
            return Answer.NotFound("app");
        }
        var (rotate, refusal) = await Body.ReadAsync(context, ApiJson.Readable.RotateJson);
        if (rotate is null)
        {
            return refusal!;
        }
        if (rotate.PreviousValidSeconds is < 0 or > PreviousValidSecondsMax)
        {
            return Answer.Invalid("previousValidSeconds", $"must be 0 to {PreviousValidSecondsMax} seconds");
        }
        return ToAnswer(await apps.RotateAsync(entry.App.GameId, rotate.Secret ?? "", rotate.PreviousValidSeconds * 1000, context.RequestAborted));
    }

    private long? NumberOf(string gameId) => AppCatalog.TryGameId(gameId, out var number) ? number : apps.Find(gameId)?.App.GameId;

    private Answer ToAnswer(AppOutcome outcome) => outcome switch
    {
        AppOutcome.Created created => Answer.Json(StatusCodes.Status201Created, Shown(created.Entry), ApiJson.Readable.JsonObject),
        AppOutcome.Changed changed => Answer.Json(StatusCodes.Status200OK, Shown(changed.Entry), ApiJson.Readable.JsonObject),
        AppOutcome.Invalid invalid => Answer.Problem(
            StatusCodes.Status400BadRequest,
            string.Join("; ", invalid.Faults.Select(fault => $"{fault.Field} {fault.Allowed}".Trim())),
            [.. invalid.Faults.Select(fault => new FieldFault(fault.Field, fault.Allowed))]),
        _ => Answer.NotFound("app"),
    };

    private JsonObject Shown(AppEntry entry)
    {
        var shown = apps.Shown(entry);
        shown.Insert(0, "gameId", entry.App.GameId);
        shown["secrets"] = new JsonArray([.. entry.App.Secrets.Select(JsonNode (secret) => new JsonObject
        {
            ["createdAt"] = Times.Text(secret.CreatedMs),
            ["validUntil"] = secret.ValidUntilMs is { } until ? Times.Text(until) : null,
        })]);
        shown["createdAt"] = Times.Text(entry.CreatedMs);
        shown["updatedAt"] = Times.Text(entry.UpdatedMs);
        return shown;
    }
}
