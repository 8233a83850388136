using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api.Exports;

/// <summary>The stores' notifications as CSV, without what they hold.</summary>
internal sealed class NotificationExport(AppCatalog apps, NotificationStore store, CsvExport csv)
{
    private static readonly CsvTable<Notification> s_table = new(
        "notifications",
        [
            "id", "channel", "gameId", "noticeId", "receivedAt", "seen", "state", "tries", "nextTryAt", "outcome", "orderId",
            "transactionId", "doneAt",
        ],
        Write);

    public static void Map(RouteGroupBuilder group, NotificationExport export) =>
        group.MapGet("/notifications.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "Notifications of stores")
            .TakesQuery(RouteQueries.NotificationFilters);

    private Task<IResult> RunAsync(HttpContext context) => csv.SendAsync(
        context, s_table, (query, games) => ListFilters.Notifications(query, apps, games),
        filter => (
            filter.Games,
            (after, limit, cancellationToken) =>
                store.ListAsync(filter.Channel, filter.Games, filter.State, after, limit, cancellationToken)));

    private static void Write(CsvCells cells, Notification notification)
    {
        cells.Text(notification.Key);
        cells.Text(notification.Channel);
        cells.Number(notification.GameId);
        cells.Text(notification.NotificationId);
        cells.Time(notification.ReceivedMs);
        cells.Number(notification.Receptions);
        cells.Text(EnumTexts.Notification[notification.State]);
        cells.Number(notification.Tries);
        cells.Time(notification.DueMs);
        cells.Text(notification.Outcome);
        cells.Text(notification.OrderId?.Value);
        cells.Text(notification.TransactionId);
        cells.Time(notification.DoneMs);
    }
}
