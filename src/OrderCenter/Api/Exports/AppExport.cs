using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;

namespace OrderCenter.Api.Exports;

/// <summary>The apps as CSV, without their secrets; the settings of each as JSON in one cell.</summary>
internal sealed class AppExport(AppCatalog apps, AppRedaction redaction, CsvExport csv)
{
    private static readonly string[] s_columns =
        ["gameId", "name", "alias", "protocol", "callbackUrl", "disabled", "createdAt", "updatedAt", "settings"];

    public static void Map(RouteGroupBuilder group, AppExport export) =>
        group.MapGet("/apps.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "The apps");

    private Task<IResult> RunAsync(HttpContext context)
    {
        var games = CallerAccess.Of(context).Games;
        var entries = AppsApi.NewestFirst(apps, games).ToList();
        return csv.SendAsync(
            context, new CsvTable<AppEntry>("apps", s_columns, Write), games, CsvExport.Whole(_ => Task.FromResult(entries)));
    }

    private void Write(CsvCells cells, AppEntry entry)
    {
        cells.Number(entry.App.GameId);
        cells.Text(entry.App.Name);
        cells.Text(entry.App.Alias);
        cells.Text(entry.App.Protocol);
        cells.Text(entry.App.CallbackUrl);
        cells.Flag(entry.App.Disabled);
        cells.Time(entry.CreatedMs);
        cells.Time(entry.UpdatedMs);
        cells.Text(JsonSerializer.Serialize(redaction.Redact(entry), ApiJson.Readable.JsonObject));
    }
}
