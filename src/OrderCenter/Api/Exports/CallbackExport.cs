using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Api.Exports;

/// <summary>The callbacks as CSV, each with its newest attempt.</summary>
internal sealed class CallbackExport(AppCatalog apps, CallbackAdministration callbacks, CsvExport csv)
{
    private static readonly CsvTable<CallbackDetail> s_table = new(
        "callbacks",
        [
            "id", "orderId", "gameId", "event", "url", "status", "queuedAt", "nextAttemptAt", "attempts", "lastStartedAt",
            "lastDurationMs", "lastHttpStatus", "lastError",
        ],
        Write);

    public static void Map(RouteGroupBuilder group, CallbackExport export) =>
        group.MapGet("/callbacks.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "Callbacks")
            .TakesQuery(RouteQueries.CallbackFilters);

    private Task<IResult> RunAsync(HttpContext context) => csv.SendAsync(
        context, s_table, (query, games) => ListFilters.Callbacks(query, apps, games),
        filter => (
            filter.Games,
            (after, limit, cancellationToken) => callbacks.ListAsync(filter, after, limit, isBrief: true, cancellationToken)));

    private static void Write(CsvCells cells, CallbackDetail detail)
    {
        var (callback, last) = (detail.Callback, detail.Attempts is [.., var newest] ? newest : null);
        cells.Text(callback.Id.ToString());
        cells.Text(callback.Id.OrderId.Value);
        cells.Number(callback.GameId);
        cells.Text(CallbackEvents.NameOf(callback.Event));
        cells.Text(callback.Url);
        cells.Text(EnumTexts.Callback[callback.Status]);
        cells.Time(callback.EventMs);
        cells.Time(callback.Status == CallbackStatus.Pending ? callback.DueMs : null);
        cells.Number(callback.Attempts);
        cells.Time(last?.StartedMs);
        cells.Number(last?.DurationMs);
        cells.Number(last?.HttpStatus);
        cells.Text(last?.Error);
    }
}
