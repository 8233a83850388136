using System.Text.Json.Nodes;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The catalogue of a game: its products, their prices, and what stores call them.</summary>
internal sealed class ProductsApi(AppCatalog apps, AppAdministration administration)
{
    private const string Field = AppAdministration.ProductsField;

    public static void Map(RouteGroupBuilder group, ProductsApi api)
    {
        group.MapGet("/apps/{gameId}/products", api.Get).For(Role.Viewer, GameSource.Route)
            .WithSummary("Read a game's catalogue").Produces<JsonObject>();
        group.MapPut("/apps/{gameId}/products", api.PutAsync).For(Role.Admin, GameSource.Route)
            .WithSummary("Replace a game's catalogue; null: none").Accepts<JsonObject>("application/json").Produces<JsonObject>();
    }

    private IResult Get(string gameId) => apps.Find(gameId) is { } entry ? Show(entry) : ApiResult.NotFound("app");

    private async Task<IResult> PutAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        return await RequestBody.ServeObjectAsync(context, async body =>
        {
            if (body.Count != 1 || !body.TryGetPropertyValue(Field, out var products) || products is not (null or JsonObject))
            {
                return ApiResult.Invalid(Field, "must be an object of products by their names, or null, and the only field");
            }
            return await administration.PutProductsAsync(app.GameId, products, context.RequestAborted) switch
            {
                AppOutcome.Changed { Entry: var entry } => Show(entry),
                AppOutcome.Invalid invalid => ApiResult.Problem(
                    StatusCodes.Status400BadRequest,
                    string.Join("; ", invalid.Faults.Take(FaultsMax).Select(fault => $"{fault.Field} {fault.Allowed}".Trim())),
                    [.. invalid.Faults.Take(FaultsMax).Select(fault => new FieldFault(fault.Field, fault.Allowed))]),
                _ => ApiResult.NotFound("app"),
            };
        });
    }

    private static ApiResult Show(AppEntry entry) => ApiResult.Ok(
        new JsonObject { [Field] = entry.Settings[Field]?.DeepClone() ?? new JsonObject() }, ApiJson.Readable.JsonObject);

    private const int FaultsMax = 20;
}
