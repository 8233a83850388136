using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Api;

/// <summary>Acts on an order that concern its store: asking it now, giving money back through it.</summary>
internal sealed class StoreActsApi(AppCatalog apps, OrderBook orders, OrdersApi shown, Makeup makeup, StoreRefunds refunds)
{
    public static void Map(RouteGroupBuilder group, StoreActsApi api)
    {
        group.MapPost("/orders/{orderId}/refund", api.RefundAsync).WithSummary("Record a refund; atStore: give the money back through the store first")
            .Accepts<RefundJson>("application/json").Produces<OrderJson>().Produces<OrderJson>(202);
        group.MapPost("/orders/{orderId}/recheck", api.RecheckAsync).WithSummary("Ask the order's store now").Produces<RecheckJson>();
    }

    private async Task<IResult> RefundAsync(string orderId, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.RefundJson);
        if (body is null)
        {
            return refusal!;
        }
        if (!Body.IsText(body.Reason, OrdersApi.ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {OrdersApi.ReasonMax} characters");
        }
        if (await FindAsync(orderId, context.RequestAborted) is not var (order, app))
        {
            return Answer.NotFound("order");
        }
        var by = new ActBy(Access.Actor(context), body.Reason);
        if (!body.AtStore)
        {
            return await orders.RefundAsync(app, order.Id, by, context.RequestAborted) switch
            {
                ActOutcome.Done or ActOutcome.AlreadySo => await shown.GetAsync(orderId, context.RequestAborted),
                ActOutcome.NotAllowed refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
                _ => Answer.NotFound("order"),
            };
        }
        return await refunds.RefundAsync(app, order.Id, by, context.RequestAborted) switch
        {
            StoreRefundOutcome.Done => await shown.GetAsync(orderId, context.RequestAborted),
            StoreRefundOutcome.UnderWay => await shown.ShowAsync(orderId, StatusCodes.Status202Accepted, context.RequestAborted),
            StoreRefundOutcome.NotAllowed refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
            StoreRefundOutcome.TryLater later => Answer.Problem(StatusCodes.Status502BadGateway, $"the store could not be asked, try again: {later.Reason}"),
            _ => Answer.NotFound("order"),
        };
    }

    private async Task<IResult> RecheckAsync(string orderId, HttpContext context)
    {
        if (await FindAsync(orderId, context.RequestAborted) is not var (order, app))
        {
            return Answer.NotFound("order");
        }
        var (outcome, words) = await makeup.RecheckAsync(app, order, Access.Actor(context), context.RequestAborted);
        var name = outcome switch
        {
            null => "cannotAsk",
            SettleOutcome.Paid => "paid",
            SettleOutcome.AlreadyPaid => "alreadyPaid",
            SettleOutcome.Held => "held",
            SettleOutcome.TryLater => "tryLater",
            _ => "notPaid",
        };
        return Answer.Json(StatusCodes.Status200OK, new RecheckJson(name, words, (await shown.FindAsync(order.Id, context.RequestAborted))!), ApiJson.Readable.RecheckJson);
    }

    private async Task<(Order Order, App App)?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        OrderId.TryParse(orderId, out var id) && await orders.FindAsync(id, cancellationToken) is { Order: var order } && apps.Find(order.GameId) is { } app ? (order, app) : null;
}

/// <summary>Body of <c>POST /orders/{orderId}/refund</c>.</summary>
internal sealed record RefundJson
{
    public string? Reason { get; init; }

    /// <summary>Whether the store that took the money is to give it back. Default false: the refund was made elsewhere, and is only recorded.</summary>
    public bool AtStore { get; init; }
}

/// <summary>What the store said: <c>paid</c>, <c>alreadyPaid</c>, <c>held</c>, <c>notPaid</c>, <c>tryLater</c> or <c>cannotAsk</c>, in words, and the order as it
/// stands then.</summary>
internal sealed record RecheckJson(string Outcome, string Reason, OrderJson Order);
