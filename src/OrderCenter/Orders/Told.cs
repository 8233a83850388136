using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

public sealed partial class OrderBook
{
    private readonly Dictionary<string, ITold> _told = channels.OfType<ITold>().ToDictionary(told => told.Channel, StringComparer.Ordinal);

    /// <summary>Notes with the payment that its store is to be told, where it wants to be.</summary>
    private async ValueTask BeginTellingAsync(Transaction transaction, App app, Order order, Payment payment, long nowMs)
    {
        if (_told.TryGetValue(payment.Channel, out var told) && told.Tells(app))
        {
            var sinceMs = Math.Min(payment.PurchasedMs ?? nowMs, nowMs);
            await TellTable.InsertAsync(transaction, order, payment.Channel, sinceMs, Tellings.FirstDueMs(told, sinceMs, nowMs));
        }
    }

    /// <summary>The goods are handed over: the store is told at once, and not when the order is next looked at.</summary>
    private async ValueTask HastenTellingAsync(Transaction transaction, App app, Order order, long nowMs)
    {
        if (order.Channel is { } channel && _told.TryGetValue(channel, out var told) && told.Tells(app))
        {
            await TellTable.HastenAsync(transaction, order.Id, nowMs);
        }
    }
}
