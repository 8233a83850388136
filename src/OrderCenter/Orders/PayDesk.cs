using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Where payments begin that we begin ourselves: that the platform is to be asked is committed before it hears of the order, so that no payment is
/// forgotten whose notification never comes.</summary>
public sealed class PayDesk(Store.Store store, IEnumerable<IPayStarter> starters, IEnumerable<IAsked> asked, TimeProvider clock)
{
    private readonly Dictionary<string, IPayStarter> _starters = starters.ToDictionary(starter => starter.Channel, StringComparer.Ordinal);
    /// <summary>Only where our own number is enough: an inquiry that can never be answered is not written.</summary>
    private readonly HashSet<string> _asked = asked.Where(channel => channel.AsksByOrder).Select(channel => channel.Channel).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether payments of that channel begin with us, and the app has it configured.</summary>
    public bool Takes(App app, string? channel) => channel is not null && app.Channels.ContainsKey(channel) && _starters.ContainsKey(channel);

    /// <summary>Begins the payment of an unpaid order whose channel <see cref="Takes"/> says yes to. Again for the same order: what the client needs then.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many requests wait; the platform was not asked.</exception>
    public async Task<PayStart> StartAsync(App app, Order order, CancellationToken cancellationToken)
    {
        var channel = order.Channel!;
        if (_asked.Contains(channel))
        {
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var ask = new StoreAsk
            {
                OrderId = order.Id, Key = Makeup.OrderKey, GameId = order.GameId, Channel = channel, SinceMs = nowMs, DueMs = nowMs + Makeup.FirstWaitMs,
            };
            await store.WriteAsync(transaction => AskTable.InsertAsync(transaction, ask), cancellationToken);
        }
        return await _starters[channel].StartAsync(app, order, cancellationToken);
    }
}
