using OrderCenter.Alerts;
using OrderCenter.Api.Alerts;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;

namespace OrderCenter.Api.Exports;

/// <summary>The alerts as CSV.</summary>
internal sealed class AlertExport(AppCatalog apps, AlertQueries alerts, CsvExport csv)
{
    private static readonly CsvTable<Alert> s_table = new(
        "alerts",
        [
            "id", "condition", "severity", "subject", "gameId", "value", "threshold", "detail", "raisedAt", "seenAt", "told",
            "acknowledgedAt", "acknowledgedBy", "recoveredAt",
        ],
        Write);

    public static void Map(RouteGroupBuilder group, AlertExport export) =>
        group.MapGet("/alerts.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "The alerts").TakesQuery(RouteQueries.AlertFilters);

    private Task<IResult> RunAsync(HttpContext context) => csv.SendAsync(
        context, s_table, (query, games) => AlertsApi.FilterOf(query, apps, games),
        filter => (filter.Games, (after, limit, cancellationToken) => alerts.ListAsync(filter, after, limit, cancellationToken)));

    private static void Write(CsvCells cells, Alert alert)
    {
        cells.Text(alert.Id);
        cells.Text(alert.Condition);
        cells.Text(AlertTexts.Severity[alert.Severity]);
        cells.Text(alert.Subject);
        cells.Number(alert.GameId == 0 ? null : alert.GameId);
        cells.Number(alert.Value);
        cells.Number(alert.Threshold);
        cells.Text(alert.Detail);
        cells.Time(alert.RaisedMs);
        cells.Time(alert.SeenMs);
        cells.Number(alert.Told);
        cells.Time(alert.AcknowledgedMs);
        cells.Text(alert.AcknowledgedBy);
        cells.Time(alert.RecoveredMs);
    }
}
