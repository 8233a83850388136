using System.Data.Common;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Payments.Health;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync;

/// <summary>Receives the notifications of all stores. A genuine one is committed before the store is answered, and processed right
/// after.</summary>
public sealed partial class NotificationInbox(
    NotificationStore store, NotificationProcessor processor, AppCatalog apps, OrderMetrics metrics, RefusalLog refusals,
    TimeProvider clock, ILogger<NotificationInbox> log)
{
    public const int BodyBytesMax = 256 * 1024;

    /// <summary>What <c>/notify/…</c> is called where refusals are counted.</summary>
    private const string Family = "notify";

    /// <summary>The notifications of the last 15 minutes, by app, that this process accepted and refused.</summary>
    public RecentOutcomes Recent { get; } = new(clock);

    /// <summary>Authenticates a notification and stores it before this returns. Never throws for what it holds, nor for a database that is
    /// down: then the store shall send it again.</summary>
    public async Task<NotificationReception> ReceiveAsync(
        IChannel channel, string game, RawNotification raw, CancellationToken cancellationToken)
    {
        if (channel.Notifications is not { } handler || apps.Find(game)?.App is not { } app || !app.Channels.ContainsKey(channel.Name))
        {
            return Refuse(channel.Name, game, raw, "the app is unknown, or has not configured the channel");
        }
        switch (await handler.AuthenticateAsync(app, raw, cancellationToken))
        {
            case AuthenticationResult.Genuine { NotificationId: { Length: > 0 and <= NotificationStore.NotificationIdMax } id } genuine:
                return await StoreAsync(channel.Name, handler, app, id, raw.OfAccount(genuine.Account));
            case AuthenticationResult.Genuine:
                return Refuse(channel.Name, game, raw, $"its id is not of 1 to {NotificationStore.NotificationIdMax} characters");
            case AuthenticationResult.TryLater later:
                metrics.CountNotification(channel.Name, "tryLater");
                refusals.Count(
                    Family, RefusalLog.Busy, raw.Caller, $"{channel.Name}, game {app.GameId}, it shall be sent again: {later.Reason}");
                return NotificationReception.TryLater;
            case AuthenticationResult.Refused refused:
                Recent.Count(app.GameId, isRefused: true);
                return Refuse(channel.Name, game, raw, refused.Reason);
            case var other:
                throw new InvalidOperationException($"unknown result {other}");
        }
    }

    /// <summary>Answers a store that asks whether the address is ours.</summary>
    /// <returns>Null: nobody whom this app knows asks.</returns>
    public NotificationResponse? Confirm(IChannel channel, string game, RawNotification question)
    {
        var answer = apps.Find(game)?.App is { } app && app.Channels.ContainsKey(channel.Name)
            ? channel.Notifications?.Confirm(app, question)
            : null;
        if (answer is null)
        {
            Refuse(channel.Name, game, question, "nobody that the app knows asks whether the address is ours");
        }
        return answer;
    }

    private async Task<NotificationReception> StoreAsync(
        string channel, INotificationHandler handler, App app, string notificationId, RawNotification raw)
    {
        try
        {
            var stored = await store.InsertAsync(channel, app.GameId, notificationId, raw, handler.StoredHeaders);
            metrics.CountNotification(channel, stored is not null ? "stored" : "repeated");
            Recent.Count(app.GameId, isRefused: false);
            LogStored(log, channel, app.GameId, notificationId, stored is not null ? "stored" : "stored before");
            if (stored is not null)
            {
                processor.Enqueue(stored);
            }
            return NotificationReception.Stored;
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            metrics.CountNotification(channel, "tryLater");
            LogNotStored(log, channel, app.GameId, fault);
            return NotificationReception.TryLater;
        }
    }

    /// <summary>Anyone may send what is refused, at any rate: it is counted, and logged at a bounded one.</summary>
    private NotificationReception Refuse(string channel, string game, RawNotification raw, string reason)
    {
        metrics.CountNotification(channel, "refused");
        var shown = string.Concat(game.Take(32).Where(char.IsAsciiLetterOrDigit));
        refusals.Count(Family, RefusalLog.Notification, raw.Caller, $"{channel}, game {shown}: {reason}");
        return NotificationReception.Refused;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "notification of {Channel} for game {GameId}: {NotificationId}, {What}")]
    private static partial void LogStored(ILogger logger, string channel, long gameId, string notificationId, string what);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "notification of {Channel} for game {GameId} could not be stored; the store shall send it again")]
    private static partial void LogNotStored(ILogger logger, string channel, long gameId, Exception reason);
}
