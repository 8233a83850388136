using OrderCenter.Domain;

namespace OrderCenter.Orders;

/// <summary>Counts and logs what happens to orders, so that every class reports an event in the same terms.</summary>
public sealed partial class OrderTelemetry(OrderMetrics metrics, ILogger<OrderTelemetry> log)
{
    internal void Created(Order order)
    {
        metrics.Count("created");
        LogCreated(log, order.Id, order.GameId, order.ProductId, order.Money, order.Currency);
    }

    internal void Paid(Order order, Payment payment)
    {
        metrics.Count("paid");
        LogPaid(log, order.Id, payment.Channel, payment.TransactionId, payment.Environment, order.State.Progress);
    }

    /// <summary>A payment contradicts its order. It is recorded as unapplied, and the order is held for review if it is new (unpaid and not
    /// closed).</summary>
    internal void Contradicted(OrderId id, Payment payment, string reason, bool isHeld)
    {
        if (isHeld)
        {
            metrics.Count("held");
        }
        LogUnapplied(log, id, payment.Channel, payment.TransactionId, reason);
    }

    /// <summary>A receipt was refused. One that holds its order was counted as held.</summary>
    internal void Refused(RefusedReceipt refused, bool holdsOrder)
    {
        if (!holdsOrder)
        {
            metrics.Count("refused");
        }
        LogRefused(log, refused.OrderId, refused.Reason, refused.Identifiers);
    }

    internal void ReceiptPending(OrderId id, string reason) => LogReceiptPending(log, id, reason);

    internal void Delivered(OrderId id)
    {
        metrics.Count("delivered");
        LogDelivered(log, id);
    }

    internal void Expired(int count)
    {
        metrics.Count("expired", count);
        LogExpired(log, count);
    }

    /// <summary>Counts and logs an operation that changed an order.</summary>
    internal void OperationCounted(OrderId id, string action, AuditContext by)
    {
        metrics.Count(action);
        LogOperation(log, id, action, by.Actor, by.Reason);
    }

    /// <summary>Logs an operation that is counted as something else (<see cref="OperationCounted"/> counts it too).</summary>
    internal void OperationLogged(OrderId id, string action, AuditContext by) => LogOperation(log, id, action, by.Actor, by.Reason);

    internal void ResultRecorded(OrderId id, bool isSuccess, AuditContext by)
    {
        metrics.Count(isSuccess ? "delivered" : "failed");
        LogOperation(log, id, isSuccess ? "result success" : "result failed", by.Actor, by.Reason);
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "order {OrderId} created: game {GameId}, product {ProductId}, {Money} {Currency}")]
    private static partial void LogCreated(ILogger logger, OrderId orderId, long gameId, string productId, Money money, string currency);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "order {OrderId} paid: {Channel} {TransactionId} ({Environment}), now {Progress}")]
    private static partial void LogPaid(
        ILogger logger, OrderId orderId, string channel, string transactionId, string environment, Progress progress);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} payment refused: {Reason} ({PurchaseIds})")]
    private static partial void LogRefused(ILogger logger, OrderId orderId, string reason, string purchaseIds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} has an unapplied payment: {Channel} {TransactionId}: {Reason}")]
    private static partial void LogUnapplied(ILogger logger, OrderId orderId, string channel, string transactionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} receipt pending, to be verified again: {Reason}")]
    private static partial void LogReceiptPending(ILogger logger, OrderId orderId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} delivered")]
    private static partial void LogDelivered(ILogger logger, OrderId orderId);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId} {Action} by {Actor}: {Reason}")]
    private static partial void LogOperation(ILogger logger, OrderId orderId, string action, string actor, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unpaid orders expired")]
    private static partial void LogExpired(ILogger logger, int count);
}
