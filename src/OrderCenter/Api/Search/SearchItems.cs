using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api.Search;

/// <summary>Orders, players, callbacks and notifications as the search shows them: data, in no language.</summary>
internal static class SearchItems
{
    public static SearchItemJson Of(Order order) => new(
        "order", order.Id.Value, order.GameId, order.Id.Value,
        Join(order.GameId, order.Channel, OrderText.Of(order.State), Rfc3339Time.Text(order.CreatedMs)));

    /// <param name="userId">The player.</param>
    /// <param name="gameId">The game.</param>
    /// <param name="newestMs">When he ordered last; null: not known.</param>
    /// <param name="openId">His openId in the game; null: none is known.</param>
    public static SearchItemJson Of(string userId, long gameId, long? newestMs, string? openId) => new(
        "player", userId, gameId, userId, Join(gameId, openId, newestMs is { } ms ? Rfc3339Time.Text(ms) : null));

    public static SearchItemJson Of(Callback callback) => new(
        "callback", callback.Id.ToString(), callback.GameId, callback.Id.ToString(),
        Join(
            callback.GameId, CallbackEvents.NameOf(callback.Event), EnumTexts.Callback[callback.Status],
            Rfc3339Time.Text(callback.EventMs)));

    public static SearchItemJson Of(Notification notification) => new(
        "notification", notification.Key, notification.GameId, notification.NotificationId,
        Join(
            notification.GameId, notification.Channel, EnumTexts.Notification[notification.State],
            Rfc3339Time.Text(notification.ReceivedMs)));

    private static string Join(long gameId, params ReadOnlySpan<string?> parts)
    {
        var text = $"game {gameId}";
        foreach (var part in parts)
        {
            text += part is null ? "" : ", " + part;
        }
        return text;
    }
}
