using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync;

/// <summary>Hands polled events on: notifications to the inbox, facts to the orders.</summary>
public sealed partial class PolledEventHandler(
    NotificationInbox inbox, ChannelRegistry channels, ProviderEventHandler events, ILogger<PolledEventHandler> log)
{
    /// <exception cref="DatabaseBusyException">It was not stored; the cursor must not move on.</exception>
    public async Task HandleAsync(App app, string channel, PolledEvent polled, CancellationToken cancellationToken)
    {
        switch (polled)
        {
            case PolledEvent.Notification notification:
                var source = channels.Find(channel) ?? throw new InvalidOperationException($"channel {channel} is not installed");
                var game = app.GameId.ToString(CultureInfo.InvariantCulture);
                var reception = await inbox.ReceiveAsync(source, game, notification.Raw, cancellationToken);
                if (reception != NotificationReception.Stored)
                {
                    throw new DatabaseBusyException($"notification {notification.NotificationId} of {channel} was not stored: {reception}");
                }
                break;
            case PolledEvent.Fact fact:
                var outcome = await events.ApplyAsync(app, channel, fact.Event, cancellationToken);
                var (order, state) = (outcome.OrderId?.Value ?? "-", NotificationStore.Name(outcome.State));
                LogApplied(log, app.GameId, channel, order, state, outcome.Message);
                break;
            default:
                throw new InvalidOperationException($"unknown event {polled}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "app {GameId}: polled event of {Channel}: order {OrderId}, {State}: {Outcome}")]
    private static partial void LogApplied(ILogger logger, long gameId, string channel, string orderId, string state, string outcome);
}
