using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Orders;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Operations that involve an order's store: querying it now, and refunding through it.</summary>
internal sealed class ProviderOperationsApi(
    ManualActions actions, OrderPresenter presenter, PaymentRecovery recovery, ProviderRefunds refunds)
{
    public static void Map(RouteGroupBuilder group, ProviderOperationsApi api)
    {
        group.MapPost("/orders/{orderId}/refund", api.RefundAsync).For(Role.Finance, GameSource.Order)
            .WithSummary(
                "Record a refund, of money or of all that is left; atStore: give it back through the store first")
            .Accepts<RefundJson>("application/json").Produces<OrderJson>().Produces<OrderJson>(202);
        group.MapPost("/orders/{orderId}/recheck", api.RecheckAsync).For(Role.Support, GameSource.Order)
            .WithSummary("Ask the order's store now; a reason is kept in the audit log")
            .WithMetadata(new OptionalReason()).Produces<RecheckJson>();
    }

    private Task<IResult> RefundAsync(string orderId, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.RefundJson, async body =>
        {
            var checks = new FieldChecks();
            var by = new AuditContext(CallerAccess.Of(context).Actor, checks.Reason(body.Reason));
            Money? money = body.Money.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                ? null
                : checks.Price("money", body.Money);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await presenter.FindAsync(orderId, context) is not var (order, app))
            {
                return ApiResult.NotFound("order");
            }
            if (!body.AtStore)
            {
                return await presenter.ShowOutcomeAsync(
                    await actions.RefundAsync(app, order.Id, by, context.RequestAborted, money), order.Id, context);
            }
            return await refunds.RefundAsync(app, order.Id, money, by, context.RequestAborted) switch
            {
                ProviderRefundOutcome.Done => await presenter.ShowDetailAsync(orderId, context),
                ProviderRefundOutcome.Pending => await presenter.ShowDetailAsync(orderId, context, StatusCodes.Status202Accepted),
                ProviderRefundOutcome.NotAllowed refused => ApiResult.Conflict(refused.Reason),
                ProviderRefundOutcome.TryLater later => ApiResult.Problem(
                    StatusCodes.Status502BadGateway,
                    $"the store did not say whether it gave the money back, and is asked again: {later.Reason}"),
                _ => ApiResult.NotFound("order"),
            };
        });

    private Task<IResult> RecheckAsync(string orderId, HttpContext context) => RequestBody.ServeReasonAsync(context, async why =>
    {
        if (await presenter.FindAsync(orderId, context) is not var (order, app))
        {
            return ApiResult.NotFound("order");
        }
        var (outcome, reason) = await recovery.RecheckAsync(
            app, order, CallerAccess.Of(context).Actor, why, context.RequestAborted);
        var text = outcome switch
        {
            null => "cannotAsk",
            PaymentOutcome.Paid => "paid",
            PaymentOutcome.AlreadyPaid => "alreadyPaid",
            PaymentOutcome.Held => "held",
            PaymentOutcome.TryLater => "tryLater",
            _ => "notPaid",
        };
        var shown = await presenter.FindDetailAsync(order.Id, context);
        return ApiResult.Ok(new RecheckJson(text, reason, shown!), ApiJson.Readable.RecheckJson);
    });
}

/// <summary>Body of <c>POST /orders/{orderId}/refund</c>.</summary>
internal sealed record RefundJson
{
    public string? Reason { get; init; }

    /// <summary>How much, as text; absent or null: all that is left.</summary>
    public JsonElement Money { get; init; }

    /// <summary>Whether the store that took the money is to give it back. Default false: the refund was made elsewhere, and is only
    /// recorded.</summary>
    public bool AtStore { get; init; }
}

/// <summary>The result of the query: <c>paid</c>, <c>alreadyPaid</c>, <c>held</c>, <c>notPaid</c>, <c>tryLater</c> or <c>cannotAsk</c>,
/// the reason, and the order afterwards.</summary>
internal sealed record RecheckJson(string Outcome, string Reason, OrderJson Order);
