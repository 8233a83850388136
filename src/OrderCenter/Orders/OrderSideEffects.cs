using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>The side effects of a change of an order, in the same transaction: queues the callback that reports it and cancels obsolete
/// ones, or lets the app's protocol fulfil the order.</summary>
public sealed class OrderSideEffects(
    CallbackOutbox outbox, OrderEventOutbox events, PlanCallback planOf, AppCatalog apps, IEnumerable<IFulfilment> fulfilments)
{
    private readonly Dictionary<string, IFulfilment> _fulfilments =
        fulfilments.ToDictionary(fulfilment => fulfilment.Protocol, StringComparer.Ordinal);

    /// <summary>Queues what is told at the app's <c>eventsUrl</c> of a change, in the transaction that makes it.</summary>
    /// <param name="transaction">The work item's transaction.</param>
    /// <param name="order">The order as the change left it.</param>
    /// <param name="payment">What paid it; null: nothing has.</param>
    /// <param name="event">What happened.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="back">What went back so far; null: nothing is told of it.</param>
    internal ValueTask TellAsync(
        Transaction transaction, Order order, Payment? payment, ChangeEvent @event, long nowMs, Money? back = null) =>
        apps.Find(order.GameId) is { EventsUrl: not null } app
            ? events.QueueAsync(transaction, app, order, payment, @event, back, nowMs)
            : ValueTask.CompletedTask;

    /// <summary>Whether anything is told of a game's orders.</summary>
    internal bool IsTold(long gameId) => apps.Find(gameId) is { EventsUrl: not null };

    /// <summary>The callback that the app's protocol wants for an event; null: none.</summary>
    internal CallbackPlan? Plan(App app, Order order, string @event) => planOf(app, order, @event);

    /// <summary>Queues the callback of a payment, or has the protocol fulfil the order.</summary>
    /// <param name="transaction">The work item's transaction.</param>
    /// <param name="app">The order's app.</param>
    /// <param name="paid">The order as the payment left it.</param>
    /// <param name="payment">What paid it.</param>
    /// <param name="plan">The callback; null: none.</param>
    /// <param name="isFirst">True if the order has never moved: then it has no callback yet, and the number of the last one need not be
    /// read.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    internal async ValueTask<Order> AfterPaymentAsync(
        Transaction transaction, App app, Order paid, Payment payment, CallbackPlan? plan, bool isFirst, long nowMs)
    {
        if (plan is not null)
        {
            await outbox.QueueAsync(transaction, paid, payment, CallbackEvents.Paid, plan, nowMs, isFirst);
            return paid;
        }
        return paid.State.Progress == Progress.Created && _fulfilments.TryGetValue(app.Protocol, out var fulfilment)
            ? await fulfilment.FulfilAsync(transaction, app, paid, payment, nowMs)
            : paid;
    }

    /// <summary>Cancels waiting <see cref="CallbackEvents.Paid"/> callbacks if the order was refunded or is under review, and queues the
    /// callback that reports the change.</summary>
    internal async ValueTask AfterChangeAsync(
        Transaction transaction, App app, Order order, Payment? payment, string? @event, CallbackPlan? plan, long nowMs)
    {
        if (@event == CallbackEvents.Refunded || order.State.Progress == Progress.Review)
        {
            await CallbackTable.CancelAsync(transaction, order.Id, CallbackEvents.Paid, nowMs);
        }
        if (@event == CallbackEvents.Paid && payment is not null)
        {
            await AfterPaymentAsync(transaction, app, order, payment, plan, isFirst: false, nowMs);
        }
        else if (plan is not null)
        {
            await outbox.QueueAsync(transaction, order, payment, @event!, plan, nowMs);
        }
    }
}
