using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Begins payments at a platform. The lookup of the payment is committed before the platform hears of the order, so that no
/// payment is lost whose notification never comes.</summary>
public sealed class PaymentInitiation(Database database, ChannelRegistry channels, TimeProvider clock)
{
    /// <summary>Whether payments of that channel begin with us, and the app has it configured.</summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">The order's channel; null: none.</param>
    /// <param name="inProtocol">As <see cref="IPaymentInitiator.Offers"/>.</param>
    public bool CanStart(App app, string? channel, bool inProtocol = true) =>
        channel is not null && app.Channels.ContainsKey(channel) && channels.Find(channel)?.Initiator is { } initiator
        && initiator.Offers(app, inProtocol);

    /// <summary>Begins the payment of an unpaid order for whose channel <see cref="CanStart"/> is true. Again for the same order: what the
    /// client needs then. </summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Stops the call to the platform.</param>
    /// <param name="session">The player's session key at the platform, for this answer only; null: not known.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the platform was not called.</exception>
    public async Task<InitiationResult> StartAsync(
        App app, Order order, CancellationToken cancellationToken, string? session = null)
    {
        var channel = channels.Find(order.Channel)!;
        if (channel.Query is { FindsByOrderId: true })
        {
            var lookup = PaymentLookup.Of(order, channel.Name, clock.NowMs());
            await database.WriteAsync(transaction => PaymentLookupTable.InsertAsync(transaction, lookup), cancellationToken);
        }
        var asked = session is null
            ? order
            : order with
            {
                Attributes = new Dictionary<string, string>(order.Attributes, StringComparer.Ordinal)
                {
                    [IPaymentInitiator.SessionAttribute] = session,
                },
            };
        return await channel.Initiator!.StartAsync(app, asked, cancellationToken);
    }
}
