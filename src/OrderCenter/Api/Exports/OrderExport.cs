using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Orders.Queries;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Api.Exports;

/// <summary>The orders as CSV: what the list of orders shows of each, without its callbacks.</summary>
internal sealed class OrderExport(AppCatalog apps, OrderQueries orders, CsvExport csv)
{
    private static readonly string[] s_columns =
    [
        "orderId", "gameId", "protocol", "merchantOrderId", "productId", "productName", "money", "currency", "userId", "quantity",
        "channel", "notifyUrl", "payState", "state", "stateReason", "test", "createdAt", "expiresAt", "paidAt", "deliveredAt",
        "paymentChannel", "transactionId", "storeOrderId", "environment", "paidMoney", "paidCurrency", "purchasedAt", "attributes",
    ];

    public static void Map(RouteGroupBuilder group, OrderExport export) =>
        group.MapGet("/orders.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "Orders").TakesQuery(RouteQueries.OrderFilters);

    private Task<IResult> RunAsync(HttpContext context) => csv.SendAsync(
        context, new CsvTable<OrderRow>("orders", s_columns, Write), (query, games) => ListFilters.Orders(query, apps, games),
        filter => (filter.Games, (after, limit, cancellationToken) => orders.SearchAsync(filter, after, limit, cancellationToken)));

    private void Write(CsvCells cells, OrderRow row)
    {
        var order = row.Order;
        cells.Text(order.Id.Value);
        cells.Number(order.GameId);
        cells.Text(apps.Find(order.GameId)?.Protocol);
        cells.Text(order.MerchantOrderId);
        cells.Text(order.ProductId);
        cells.Text(order.ProductName);
        cells.Money(order.Money);
        cells.Text(order.Currency);
        cells.Text(order.UserId);
        cells.Number(order.Quantity);
        cells.Text(order.Channel);
        cells.Text(order.NotifyUrl);
        cells.Text(EnumTexts.Pay[order.State.Pay]);
        cells.Text(EnumTexts.Progress[order.State.Progress]);
        cells.Text(order.StateReason);
        cells.Flag(order.IsTest);
        cells.Time(order.CreatedMs);
        cells.Time(order.ExpiresMs);
        cells.Time(order.PaidMs);
        cells.Time(order.DeliveredMs);
        var payment = row.Payment;
        cells.Text(payment?.Channel);
        cells.Text(payment?.TransactionId);
        cells.Text(payment?.StoreOrderId);
        cells.Text(payment?.Environment);
        cells.Money(payment?.Money);
        cells.Text(payment?.Currency);
        cells.Time(payment?.PurchasedMs);
        cells.Text(
            order.Attributes.Count == 0 ? null
                : JsonSerializer.Serialize(OrderText.ShowAttributes(order), ApiJson.Readable.JsonObject));
    }
}
