using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Persistence.Tables;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Finds orders by the number in an address, and shows them with their callbacks.</summary>
internal sealed class OrderPresenter(
    AppCatalog apps, OrderQueries orders, NotificationStore notifications, CallbackAdministration callbacks)
{
    public async Task<(Order Order, App App)?> FindAsync(string orderId, HttpContext context) =>
        OrderId.TryParse(orderId, out var id)
            && await orders.FindAsync(id, CallerAccess.Of(context).Games, context.RequestAborted) is { Order: var order }
            && apps.Find(order.GameId) is { } app
            ? (order, app)
            : null;

    /// <summary>An order with all that is known of it; null when there is none.</summary>
    public async Task<OrderJson?> FindDetailAsync(OrderId id, HttpContext context) =>
        await orders.FindDetailAsync(id, CallerAccess.Of(context).Games, context.RequestAborted) is { } detail
            ? Show(detail, await callbacks.OfOrdersAsync([id], context.RequestAborted)) with
            {
                Notifications = [.. (await notifications.ListAsync(id, context.RequestAborted)).Select(NotificationsApi.Show)],
            }
            : null;

    public async Task<ApiResult> ShowDetailAsync(string orderId, HttpContext context, int status = StatusCodes.Status200OK) =>
        OrderId.TryParse(orderId, out var id) && await FindDetailAsync(id, context) is { } order
            ? ApiResult.Json(status, order, ApiJson.Readable.OrderJson)
            : ApiResult.NotFound("order");

    /// <summary>What an operation on an order did: the order as it is now, or why it was not allowed.</summary>
    public async Task<ApiResult> ShowOutcomeAsync(OperationOutcome outcome, OrderId id, HttpContext context) =>
        outcome switch
        {
            OperationOutcome.Done or OperationOutcome.Unchanged => await ShowDetailAsync(id.Value, context),
            OperationOutcome.NotAllowed refused => ApiResult.Conflict(refused.Reason),
            _ => ApiResult.NotFound("order"),
        };

    /// <summary>Shows many orders, each with its callbacks.</summary>
    public async Task<Func<OrderRow, OrderJson>> ShowAllAsync(IReadOnlyList<OrderRow> rows, CancellationToken cancellationToken)
    {
        var theirCallbacks = await callbacks.OfOrdersAsync([.. rows.Select(row => row.Order.Id)], cancellationToken);
        return row => Show(row, theirCallbacks);
    }

    private OrderJson Show(OrderDetail detail, ILookup<OrderId, CallbackDetail> theirCallbacks) => Show(detail.Row, theirCallbacks) with
    {
        UnappliedPayments =
        [
            .. detail.Unapplied.Select(
                unapplied => new UnappliedJson(
                    OrderText.Show(unapplied.Payment), Rfc3339Time.Of(unapplied.SeenMs), unapplied.Reason,
                    Rfc3339Time.Of(unapplied.SettledMs))),
        ],
        RefusedReceipts = [.. detail.Refused.Select(OrderText.Show)],
        Acts =
        [
            .. detail.Audit.Select(
                entry => new AuditEntryJson(
                    Rfc3339Time.Of(entry.AtMs), entry.Actor, entry.Action, entry.Reason, OrderText.Of(entry.From), OrderText.Of(entry.To))),
        ],
        Refunds = detail.Refunds.Where(refund => refund.Number != Refund.SumNumber).Select(OrderText.Show).ToList()
            is { Count: > 0 } refunds ? refunds : null,
        RefundedMoney = RefundBalance.Of(detail.Refunds).Back is var back && back > Money.Zero ? back.ToString() : null,
    };

    private OrderJson Show(OrderRow row, ILookup<OrderId, CallbackDetail> theirCallbacks) =>
        OrderText.Show(row, apps.Find(row.Order.GameId)?.Protocol ?? "", theirCallbacks[row.Order.Id].Select(CallbacksApi.Show));
}
