using System.Diagnostics.Metrics;

namespace OrderCenter.Orders;

/// <summary>The counters of orders and notifications.</summary>
public sealed class OrderMetrics
{
    public const string MeterName = "OrderCenter";

    private static readonly string[] s_steps =
    [
        "created", "paid", "refused", "held", "delivered", "failed", "expired", "close", "refund", "hold", "release", "refusalNotKept",
        "fulfilmentReported", "purchaseAcknowledged", "fulfilmentReportFailed", "fulfilmentReportOverdue",
    ];

    /// <summary>What alert rules look for among notifications (deploy/prometheus).</summary>
    private static readonly string[] s_alarming = ["refused", "tryLater", "unclaimed", "unapplied", "failed"];

    private readonly Counter<long> _orders;
    private readonly Counter<long> _notifications;
    private readonly Counter<long> _skippedChecks;
    private readonly Counter<long> _ambiguous;

    public OrderMetrics(IMeterFactory meters)
    {
        // The events of orders are one counter with a label, so that a dashboard can add them up or compare them.
        var meter = meters.Create(MeterName);
        _notifications = meter.CreateCounter<long>(
            "ordercenter.notifications",
            description: "Notifications of stores: stored, repeated, refused, tryLater; and what came of them");
        _skippedChecks = meter.CreateCounter<long>(
            "ordercenter.payment.checks.skipped", description: "Checks of payments for which the store was not queried, by cause");
        _ambiguous = meter.CreateCounter<long>(
            "ordercenter.requests.ambiguous",
            description: "Requests with a good signature that were refused because their signed text has another reading");
        _orders = meter.CreateCounter<long>(
            "ordercenter.order.steps", description: "Steps of orders: created, paid, refused, held, delivered, expired, acts by hand");
    }

    /// <summary>Reports 0 before the first event, so that the rate of a series begins with that event.</summary>
    /// <param name="channels">The installed ones.</param>
    /// <param name="protocols">The installed ones.</param>
    /// <param name="skipCauses">Why a payment check can be made without a query.</param>
    public void ReportZero(IEnumerable<string> channels, IEnumerable<string> protocols, IEnumerable<string> skipCauses)
    {
        foreach (var step in s_steps)
        {
            Count(step, 0);
        }
        foreach (var channel in channels)
        {
            foreach (var what in s_alarming)
            {
                _notifications.Add(0, new("channel", channel), new("what", what));
            }
        }
        foreach (var protocol in protocols)
        {
            _ambiguous.Add(0, new KeyValuePair<string, object?>("protocol", protocol));
        }
        foreach (var cause in skipCauses)
        {
            _skippedChecks.Add(0, new KeyValuePair<string, object?>("cause", cause));
        }
    }

    /// <summary>Counts a store's notification. The channel must be an installed one: otherwise callers could create any number of metric
    /// labels.</summary>
    public void CountNotification(string channel, string what) =>
        _notifications.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("what", what));

    /// <summary>Counts a payment check for which the store was not queried. The cause is a constant of the code.</summary>
    public void CountSkippedCheck(string cause) => _skippedChecks.Add(1, new KeyValuePair<string, object?>("cause", cause));

    /// <summary>Counts a request that was refused because its signed text can be read in two ways.</summary>
    public void CountAmbiguousSignature(string protocol) => _ambiguous.Add(1, new KeyValuePair<string, object?>("protocol", protocol));

    /// <summary>Counts an event of one order, or of several at once.</summary>
    public void Count(string step, long count = 1) => _orders.Add(count, new KeyValuePair<string, object?>("step", step));
}
