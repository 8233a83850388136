using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refunds;
using OrderCenter.Payments;
using OrderCenter.ProviderSync;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>Does to an order what resolves a discrepancy. Every action is safe to repeat.</summary>
internal sealed class ResolutionExecutor(
    OrderQueries orders, ManualActions actions, PaymentRecovery recovery, ChannelRegistry channels)
{
    /// <summary>The outcome of a review where the goods are delivered already.</summary>
    public const string Doubted = "the goods are out: the order is marked as doubted";

    /// <returns>Why the action was refused, or its outcome.</returns>
    public async Task<(string? Refusal, string Outcome)> ExecuteAsync(
        App app, ReconciliationRun run, Discrepancy discrepancy, OrderId? orderId, string action, AuditContext by) => action switch
        {
            ResolutionActions.Ignore => (null, "ignored"),
            ResolutionActions.MarkPaid => await MarkPaidAsync(app, run, discrepancy, orderId!.Value, by),
            ResolutionActions.Recheck => await RecheckAsync(app, orderId!.Value, by),
            ResolutionActions.Refund => await RefundAsync(app, run, discrepancy, orderId!.Value, by),
            _ => await ReviewAsync(app, orderId!.Value, by),
        };

    private async Task<(string? Refusal, string Outcome)> MarkPaidAsync(
        App app, ReconciliationRun run, Discrepancy discrepancy, OrderId orderId, AuditContext by)
    {
        // An amount in the buyer's currency cannot be compared with the order's.
        var format = channels.FindFormat(run.Format);
        var amount = format is { IsInBuyersCurrency: true } ? null : discrepancy.Theirs;
        var payment = new Payment
        {
            Channel = run.Channel,
            Account = run.Account,
            Environment = Payment.Production,
            TransactionId = discrepancy.TransactionId!,
            Money = amount?.Money,
            Currency = amount?.Currency,
            PurchasedMs = discrepancy.AtMs,
        };
        return await actions.MarkPaidAsync(app, orderId, payment, by, CancellationToken.None) switch
        {
            PaymentOutcome.Paid or PaymentOutcome.AlreadyPaid => (null, "paid"),
            PaymentOutcome.Held held => (null, $"held for review: {held.Reason}"),
            PaymentOutcome.Refused refused => (refused.Reason, ""),
            PaymentOutcome.NotFound => (NoOrder(app, orderId), ""),
            var other => throw new InvalidOperationException($"unknown outcome {other}"),
        };
    }

    /// <summary>Records what the statement says; a part once, however often and from however many statements it is asked for.</summary>
    private async Task<(string? Refusal, string Outcome)> RefundAsync(
        App app, ReconciliationRun run, Discrepancy discrepancy, OrderId orderId, AuditContext by)
    {
        var part = discrepancy.IsPart ? discrepancy.Theirs?.Money : null;
        var stated = part is null ? null : new StatedRefund(run.Id, discrepancy.Number, discrepancy.RefundNumber, discrepancy.BackBefore);
        if (part is not null && !Currency.Same(discrepancy.Theirs!.Currency ?? "", discrepancy.Ours?.Currency ?? ""))
        {
            return ("a part in another currency than the order's; record it at the order, with its amount there, and ignore this", "");
        }
        if (part is not null && await orders.FindAsync(orderId, CancellationToken.None) is { Order.State.Pay: PayState.Refunded })
        {
            return (null, "refunded before");
        }
        return Result(
            await actions.RefundAsync(app, orderId, by, CancellationToken.None, part, stated),
            part is null ? "refunded" : $"refunded in part: {part}", "refunded before", app, orderId);
    }

    /// <summary>Asks the store about the order. Where it does not confirm the payment the discrepancy stays open,
    /// with what the store said.</summary>
    private async Task<(string? Refusal, string Outcome)> RecheckAsync(App app, OrderId orderId, AuditContext by)
    {
        if (await orders.FindAsync(orderId, CancellationToken.None) is not { Order: var order } || order.GameId != app.GameId)
        {
            return (NoOrder(app, orderId), "");
        }
        var recheck = await recovery.RecheckAsync(app, order, by.Actor, by.Reason, CancellationToken.None);
        return recheck.Outcome switch
        {
            PaymentOutcome.Paid => (null, "paid, by the store's word"),
            PaymentOutcome.AlreadyPaid => (null, "the store confirms the payment"),
            PaymentOutcome.Held held => (null, $"held for review: {held.Reason}"),
            _ => (recheck.Message, ""),
        };
    }

    private async Task<(string? Refusal, string Outcome)> ReviewAsync(App app, OrderId orderId, AuditContext by)
    {
        var result = await actions.HoldAsync(app, orderId, by, CancellationToken.None);
        return result is OperationOutcome.NotAllowed && await orders.FindAsync(orderId, CancellationToken.None)
            is { Order.State: { Pay: PayState.Paid, Progress: Progress.Delivered } }
                ? (null, Doubted)
                : Result(result, "held", "held before", app, orderId);
    }

    private static (string? Refusal, string Outcome) Result(
        OperationOutcome result, string done, string before, App app, OrderId orderId) =>
        result switch
        {
            OperationOutcome.Done => (null, done),
            OperationOutcome.Unchanged => (null, before),
            OperationOutcome.NotAllowed refused => (refused.Reason, ""),
            _ => (NoOrder(app, orderId), ""),
        };

    private static string NoOrder(App app, OrderId orderId) => $"game {app.GameId} has no order {orderId}";
}
