using System.Diagnostics.Metrics;

namespace OrderCenter.Orders;

/// <summary>What happens to orders, counted.</summary>
public sealed class OrderMetrics
{
    public const string MeterName = "OrderCenter";

    private readonly Counter<long> _orders;
    private readonly Counter<long> _notices;

    public OrderMetrics(IMeterFactory meters)
    {
        // Every step is one counter with a label, so that a dashboard can add them up or set them against each other.
        var meter = meters.Create(MeterName);
        _notices = meter.CreateCounter<long>("ordercenter.notifications", description: "Notifications of stores: stored, repeated, refused, tryLater; and what came of them");
        _orders = meter.CreateCounter<long>("ordercenter.order.steps", description: "Steps of orders: created, paid, refused, held, delivered, expired, acts by hand");
    }

    /// <summary>Counts a store's notification; the channel is one that is installed, so that strangers make no labels.</summary>
    public void CountNotice(string channel, string what) => _notices.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("what", what));

    /// <summary>Counts a step of one order, or of several at once.</summary>
    public void Count(string step, long count = 1) => _orders.Add(count, new KeyValuePair<string, object?>("step", step));
}
