using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>The stored notifications. Headers and body are encrypted; a notification that is not processed yet is leased to one node at a
/// time.</summary>
public sealed class NotificationStore(Database database, Vault vault, TimeProvider clock)
{
    internal static readonly SealedColumn SealedColumn =
        new("notifications", "notification_key", "sealed", row => Place((string)row.Key[0])) { StepRows = 50 };

    public const int NotificationIdMax = 256;
    internal const int ClaimMax = 50;
    private const int OutcomeMax = 512;
    private const int PruneMax = 500;
    private const long RetentionMs = 180L * 24 * 60 * 60 * 1000;

    /// <summary>Longer than processing may take, with every call to the store.</summary>
    private const long LeaseMs = 60_000;

    private long NowMs => clock.NowMs();

    private long LeaseUntilMs => database.Leases.NowMs + LeaseMs;

    /// <summary>A state as the native API and the metrics name it.</summary>
    public static string Name(NotificationState state) => state.ToString().ToLowerInvariant();

    /// <summary>A part of the notifications newest first, behind a place.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<ListPart<Notification>> ListAsync(
        string? channel, GameLimit games, NotificationState? state, ListKey? after, int limit, CancellationToken cancellationToken)
    {
        var scan = new ListScan<Notification>(NotificationTable.List);
        if (state is { } open and not (NotificationState.Applied or NotificationState.Ignored))
        {
            // The index of what is open is used only where its own condition is said again.
            scan.AddRange($"state = {(int)open} AND state NOT IN (1, 2)");
            scan.FilterGames(games);
        }
        else
        {
            scan.AddGames(games);
            scan.AddFilter("state + 0 = ?", (int?)state);
        }
        scan.AddFilter("channel = ?", channel);
        return database.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), cancellationToken);
    }

    /// <summary>The notifications of a purchase by any name that its store has for it, or the one with that key, newest first.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<List<Notification>> FindNamedAsync(string name, GameLimit games, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(transaction => NotificationTable.FindNamedAsync(transaction, name), cancellationToken);
        return [.. found.Where(one => games.Allows(one.GameId)).OrderByDescending(one => one.ReceivedMs)];
    }

    /// <summary>The notifications that changed or name an order, oldest first.</summary>
    public Task<List<Notification>> ListAsync(OrderId id, CancellationToken cancellationToken) =>
        database.ReadAsync(transaction => NotificationTable.OfOrderAsync(transaction, id), cancellationToken);

    /// <summary>One notification with headers and body; null: there is none.</summary>
    public async Task<NotificationDetail?> FindAsync(string key, GameLimit games, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(
            transaction => NotificationTable.FindAsync(transaction, key, games), cancellationToken) is not { } stored)
        {
            return null;
        }
        var raw = Open(stored);
        return new NotificationDetail(stored.Notification, raw.Headers, raw.Body);
    }

    /// <summary>Deletes what was applied or ignored half a year ago: a bounded number.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> PruneAsync(CancellationToken cancellationToken) =>
        await database.UpkeepAsync(
            transaction => NotificationTable.PruneAsync(transaction, NowMs - RetentionMs, PruneMax), cancellationToken) == PruneMax;

    /// <summary>Stores a notification, leased to this node.</summary>
    /// <returns>Null: it was stored before, and is counted.</returns>
    internal async Task<StoredNotification?> InsertAsync(
        string channel, long gameId, string notificationId, RawNotification raw, IReadOnlyList<string> storedHeaders)
    {
        var notification = new Notification
        {
            Key = KeyOf(channel, gameId, notificationId), Channel = channel, GameId = gameId, NotificationId = notificationId,
            ReceivedMs = raw.ReceivedMs,
        };
        var headers = raw.Headers.Where(header => storedHeaders.Contains(header.Key)).ToDictionary(StringComparer.Ordinal);
        var text = JsonSerializer.Serialize(
            new SealedNotification(headers, raw.Body.ToArray()), SealedNotificationJson.Default.SealedNotification);
        var stored = new StoredNotification(notification, vault.Seal(text, Place(notification.Key)));

        // Whether the caller still waits or not: what is genuine is stored.
        return await database.WriteAsync(
            transaction => NotificationTable.InsertAsync(transaction, notification, stored.Sealed, LeaseUntilMs), CancellationToken.None)
            ? stored
            : null;
    }

    /// <summary>Leases what is due, at most <see cref="ClaimMax"/>.</summary>
    internal Task<List<StoredNotification>> ClaimAsync(CancellationToken cancellationToken) =>
        database.UpkeepAsync(
            transaction =>
                NotificationTable.ClaimAsync(transaction, NowMs, LeaseUntilMs, database.Leases.OverMs, ClaimMax), cancellationToken);

    /// <summary>Makes a notification wait again, whatever came of it before, leased to this node.</summary>
    /// <returns>Null: there is none, it changed in between, or what it held was erased.</returns>
    internal Task<StoredNotification?> ReopenAsync(string key, GameLimit games, string? reason, CancellationToken cancellationToken) =>
        database.WriteAsync<StoredNotification?>(
            async transaction =>
            {
                if (await NotificationTable.FindAsync(transaction, key, games) is not { Sealed: not "", Notification: var known } stored
                    || !await NotificationTable.AgainAsync(transaction, known, LeaseUntilMs, NowMs))
                {
                    return null;
                }
                AuditTrail.Append(
                    transaction, new AuditFact("notification.replay", known.GameId, key) { Before = Name(known.State), Reason = reason },
                    NowMs);
                return stored with
                {
                    Notification = known with { State = NotificationState.Waiting, Tries = 1, Lease = known.Lease + 1 },
                };
            },
            cancellationToken);

    internal Task FinishAsync(
        Notification notification, NotificationState state, string outcome, OrderId? orderId, IReadOnlyList<Payment> payments) =>
        database.WriteAsync(
            transaction => NotificationTable.FinishAsync(transaction, notification, state, Shorten(outcome), orderId, payments, NowMs),
            CancellationToken.None);

    internal Task PostponeAsync(Notification notification, string reason, long dueMs) =>
        database.WriteAsync(
            transaction => NotificationTable.PostponeAsync(transaction, notification, Shorten(reason), dueMs), CancellationToken.None);

    internal Task ReleaseAsync(Notification notification) =>
        database.WriteAsync(transaction => NotificationTable.ReleaseAsync(transaction, notification), CancellationToken.None);

    /// <summary>Decrypts headers and body; both are empty where the player's data was erased.</summary>
    internal RawNotification Open(StoredNotification stored)
    {
        if (stored.Sealed.Length == 0)
        {
            return new RawNotification(new Dictionary<string, string>(StringComparer.Ordinal), default, stored.Notification.ReceivedMs);
        }
        var text = vault.Open(stored.Sealed, Place(stored.Notification.Key));
        var raw = JsonSerializer.Deserialize(text, SealedNotificationJson.Default.SealedNotification)!;
        return new RawNotification(raw.Headers, raw.Body, stored.Notification.ReceivedMs);
    }

    private static string Place(string key) => $"notification {key}";

    /// <summary>The same notification has the same key however often and wherever it comes in. The length keeps channel and app apart from
    /// the id.</summary>
    private static string KeyOf(string channel, long gameId, string notificationId) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{channel.Length}:{channel}:{gameId}:{notificationId}")).AsSpan(0, 20));

    private static string Shorten(string text) => text.Length <= OutcomeMax ? text : text[..OutcomeMax];
}

[JsonSerializable(typeof(SealedNotification))]
internal sealed partial class SealedNotificationJson : JsonSerializerContext;
