using System.Diagnostics.Metrics;

namespace OrderCenter.Orders;

/// <summary>What happens to orders, counted.</summary>
public sealed class OrderMetrics
{
    public const string MeterName = "OrderCenter";

    private readonly Counter<long> _orders;

    public OrderMetrics(IMeterFactory meters)
    {
        // Every step is one counter with a label, so that a dashboard can add them up or set them against each other.
        _orders = meters.Create(MeterName).CreateCounter<long>("ordercenter.order.steps", description: "Steps of orders: created, paid, refused, held, delivered, expired, acts by hand");
    }

    /// <summary>Counts a step of one order, or of several at once.</summary>
    public void Count(string step, long count = 1) => _orders.Add(count, new KeyValuePair<string, object?>("step", step));
}
