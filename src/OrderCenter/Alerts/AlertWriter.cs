using System.Security.Cryptography;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Settings;
using OrderCenter.Apps;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts;

/// <summary>Opens, repeats and ends alerts. What changes and what the sinks are to be told of it are one transaction, and each change
/// names the state that it changes, so that two nodes that evaluate at once tell of nothing twice.</summary>
internal sealed class AlertWriter(Database database, AlertSettings settings, AppCatalog apps, AlertOptions options)
{
    private const int IdRandomDigits = 12;

    /// <summary>How long a value may be older than it is.</summary>
    private const long SeeEveryMs = 20_000;

    /// <summary>Ids ascend with the time.</summary>
    public static string NewId(long nowMs) => $"{nowMs:x12}{RandomNumberGenerator.GetHexString(IdRandomDigits, lowercase: true)}";

    /// <summary>Opens an alert, unless there is an open one.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<bool> RaiseAsync(AlertFact fact, long threshold, long nowMs, CancellationToken cancellationToken)
    {
        var alert = New(NewId(nowMs), fact, threshold, nowMs, options.NextMs(1, nowMs));
        return database.UpkeepAsync(
            async transaction =>
            {
                if (!await AlertTable.OpenAsync(transaction, alert))
                {
                    return false;
                }
                Tell(transaction, alert, AlertTelling.Raised, nowMs);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Notes that an open alert still holds, and tells of it again where that is due.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task KeepAsync(Alert open, AlertFact fact, long threshold, long nowMs, CancellationToken cancellationToken)
    {
        var isDue = open.NextMs <= nowMs;
        if (!isDue && Math.Abs(nowMs - open.SeenMs) < SeeEveryMs)
        {
            return;
        }
        var seen = open with
        {
            Value = fact.Value, Threshold = threshold, Detail = Alert.Cut(fact.Detail, Alert.DetailMax), SeenMs = nowMs,
        };
        await database.UpkeepAsync(
            async transaction =>
            {
                AlertTable.See(transaction, seen);
                if (!isDue)
                {
                    return false;
                }
                var told = seen with { Severity = AlertSeverity.Critical, Told = open.Told + 1 };
                if (!await AlertTable.TellAsync(transaction, open, told.Severity, options.NextMs(told.Told, nowMs)))
                {
                    return false;
                }
                var telling = open.Severity == AlertSeverity.Critical ? AlertTelling.Repeated : AlertTelling.Escalated;
                Tell(transaction, told, telling, nowMs);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Ends an alert whose condition does not hold any more.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<bool> RecoverAsync(Alert open, long nowMs, CancellationToken cancellationToken) => database.UpkeepAsync(
        async transaction =>
        {
            if (!await AlertTable.RecoverAsync(transaction, open, nowMs))
            {
                return false;
            }
            Tell(transaction, open with { Told = open.Told + 1, RecoveredMs = nowMs }, AlertTelling.Recovered, nowMs);
            return true;
        },
        cancellationToken);

    /// <summary>Writes down an alert of which people were told without the database, and tells them that it is over.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<bool> RecordPastAsync(Alert past, long nowMs, CancellationToken cancellationToken) => database.UpkeepAsync(
        transaction =>
        {
            AlertTable.Insert(transaction, past);
            Tell(transaction, past, AlertTelling.Recovered, nowMs);
            return ValueTask.FromResult(true);
        },
        cancellationToken);

    /// <summary>An alert that was not told of yet.</summary>
    public static Alert New(string id, AlertFact fact, long threshold, long nowMs, long? nextMs) => new()
    {
        Id = id,
        Condition = fact.Condition.Name,
        Subject = fact.Subject,
        GameId = fact.GameId,
        Severity = fact.Condition.Severity,
        Value = fact.Value,
        Threshold = threshold,
        Detail = Alert.Cut(fact.Detail, Alert.DetailMax),
        RaisedMs = nowMs,
        SeenMs = nowMs,
        Told = 1,
        NextMs = nextMs,
    };

    /// <summary>The name of an alert's game; null: it is of none.</summary>
    public string? GameName(Alert alert) => alert.GameId == 0 ? null : apps.Find(alert.GameId)?.Name;

    /// <summary>The sinks are those that this node read last: at this step, or where they were changed here.</summary>
    private void Tell(Transaction transaction, Alert alert, AlertTelling telling, long nowMs) => DeliveryTable.Queue(
        transaction, AlertMessage.Of(alert, telling, GameName(alert), nowMs), alert.Severity, settings.LatestSinks);
}
