using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders;

/// <summary>Queues the reports of fulfilment that some stores expect for a paid order (Google refunds by itself what it hears nothing
/// of).</summary>
public sealed class FulfilmentReportQueue(ChannelRegistry channels)
{
    /// <summary>How long the first report waits: the order may be delivered by its callback before.</summary>
    internal const long InitialDelayMs = 30 * 1000;

    /// <summary>By when the store must be told that the purchase is accepted, delivered or not (Google: after 48 h, of a tester's purchase
    /// at once).</summary>
    internal static long AcknowledgeDeadlineMs(IFulfilmentReporter reporter, long purchasedMs, bool isTest) =>
        purchasedMs + (long)reporter.AcceptsAfter(isTest).TotalMilliseconds;

    /// <summary>Queues the report with the payment, if the app's store expects one.</summary>
    internal async ValueTask QueueAsync(Transaction transaction, App app, Order order, Payment payment, long nowMs)
    {
        if (Find(app, payment.Channel) is { } reporter)
        {
            var purchasedMs = Math.Min(payment.PurchasedMs ?? nowMs, nowMs);
            var dueMs = Math.Max(nowMs, Math.Min(nowMs + InitialDelayMs, AcknowledgeDeadlineMs(reporter, purchasedMs, order.IsTest)));
            await FulfilmentReportTable.InsertAsync(transaction, order, payment.Channel, purchasedMs, dueMs);
        }
    }

    /// <summary>Makes the report due now, since the goods were handed over.</summary>
    internal async ValueTask MakeDueNowAsync(Transaction transaction, App app, Order order, long nowMs)
    {
        if (order.Channel is { } channel && Find(app, channel) is not null)
        {
            await FulfilmentReportTable.MakeDueNowAsync(transaction, order.Id, nowMs);
        }
    }

    private IFulfilmentReporter? Find(App app, string channel) =>
        channels.Find(channel)?.FulfilmentReporter is { } reporter && reporter.IsConfigured(app) ? reporter : null;
}
