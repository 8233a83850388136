using OrderCenter.Orders.Refusals;
using OrderCenter.Payments.Health;
using OrderCenter.ProviderSync;

namespace OrderCenter.Alerts.Facts;

/// <summary>The share of receipts that this node refused in the last quarter of an hour, and how many notifications.</summary>
internal sealed class RefusalSource(RefusedPaymentRecorder receipts, NotificationInbox notifications) : INodeSource
{
    /// <summary>A share of fewer receipts says nothing.</summary>
    public const int ReceiptsMin = 20;

    public IReadOnlyList<AlertFact> Read() =>
    [
        .. receipts.Recent.Read().Where(game => game.Accepted + game.Refused >= ReceiptsMin).Select(game => AlertFact.OfGame(
            AlertConditions.ReceiptsRefused, game.GameId, game.Refused * 100 / (game.Accepted + game.Refused),
            $"{game.Refused} of {game.Accepted + game.Refused} receipts in {RecentOutcomes.Minutes} minutes")),
        .. notifications.Recent.Read().Where(game => game.Refused > 0).Select(game => AlertFact.OfGame(
            AlertConditions.NotificationsRefused, game.GameId, game.Refused,
            $"{game.Refused} refused and {game.Accepted} accepted in {RecentOutcomes.Minutes} minutes")),
    ];
}
