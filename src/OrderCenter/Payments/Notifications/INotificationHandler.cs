using OrderCenter.Domain;

namespace OrderCenter.Payments.Notifications;

/// <summary>A channel whose store notifies us (<c>POST /notify/{channel}/{gameId}</c>). A notification is stored raw before it is answered,
/// and read until it is processed.</summary>
public interface INotificationHandler
{
    /// <summary>The headers, by lower-case name, that are stored with the notification, for reading it. Authentication has all headers.
    /// Default: none.</summary>
    IReadOnlyList<string> StoredHeaders => [];

    /// <summary>Whether the notification is the store's. Called before anything is stored, so that forgeries fill no table.</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(App app, RawNotification notification, CancellationToken cancellationToken);

    /// <summary>Whether the store may also notify by <c>GET</c>, with the notification in the query. It is then read like a form. Default:
    /// it does not.</summary>
    bool TakesQueries => false;

    /// <summary>The answer to the store.</summary>
    NotificationResponse Respond(NotificationReception reception);

    /// <summary>The answer to the store where it depends on the app or on what was sent. Default: it does not.</summary>
    /// <param name="app">The app that was named; null: there is none.</param>
    /// <param name="reception">What became of the notification.</param>
    /// <param name="notification">It; null: it could not be read.</param>
    NotificationResponse Respond(App? app, NotificationReception reception, RawNotification? notification) => Respond(reception);

    /// <summary>The answer to a store that asks by <c>GET</c> whether the address is ours, before it sends notifications there. Default:
    /// null, it does not ask, or this is not the store.</summary>
    NotificationResponse? Confirm(App app, RawNotification question) => null;

    /// <summary>The event that an authentic notification reports. It may query the store; it is called at least once, and again in a
    /// replay, so it changes nothing by itself.</summary>
    ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken);
}
