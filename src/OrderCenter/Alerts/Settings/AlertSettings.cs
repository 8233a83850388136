using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Alerts.Settings;

/// <summary>Where alerts go, and from which values on: read by the transactions that need them, and kept in memory for when the database
/// is away.</summary>
public sealed class AlertSettings(Database database, Vault vault, TimeProvider clock)
{
    internal static readonly SealedColumn SealedColumn =
        new("alert_settings", "setting_key", "sealed", row => PlaceOf((string)row.Key[0]));

    public const int SinksMax = 50;

    private const string SinksKey = "sinks";
    private const string ThresholdsKey = "thresholds";
    private const int AttemptsMax = 4;

    private volatile State _latest = new([], AlertThresholds.Unset);

    /// <summary>The sinks as this node read them last.</summary>
    internal IReadOnlyList<AlertSink> LatestSinks => _latest.Sinks;

    /// <summary>The thresholds as this node read them last.</summary>
    internal AlertThresholds LatestThresholds => _latest.Thresholds;

    /// <summary>Reads both anew.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var (sinks, thresholds) = await database.ReadAsync(
            async transaction => (
                await SettingsTable.FindAsync(transaction, SinksKey), await SettingsTable.FindAsync(transaction, ThresholdsKey)),
            cancellationToken);
        _latest = new State(
            Open(sinks, SinksKey, AlertJson.Readable.ListAlertSink),
            new AlertThresholds(Open(thresholds, ThresholdsKey, AlertJson.Readable.ListAlertThreshold)));
    }

    /// <summary>The sinks that have nothing beyond the limit, with their secrets.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<IReadOnlyList<AlertSink>> SinksAsync(GameLimit games, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return [.. LatestSinks.Where(sink => games.Covers(sink.Limit))];
    }

    /// <summary>The thresholds within the limit; those for all games belong to who has none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<IReadOnlyList<AlertThreshold>> ThresholdsAsync(GameLimit games, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return [.. LatestThresholds.Items.Where(item => IsWithin(games, item))];
    }

    /// <summary>Replaces all sinks within the limit. A masked secret keeps its value.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public Task<SettingsOutcome> ReplaceSinksAsync(
        IReadOnlyList<AlertSink> wanted, GameLimit games, CancellationToken cancellationToken) =>
        ReplaceAsync<AlertSink>(
            SinksKey, AlertJson.Readable.ListAlertSink, "alert-sinks.change",
            stored =>
            {
                var others = stored.Where(sink => !games.Covers(sink.Limit)).ToList();
                var own = stored.Where(sink => games.Covers(sink.Limit)).ToDictionary(sink => sink.Name!, StringComparer.OrdinalIgnoreCase);
                var after = new List<AlertSink>(others);
                for (var i = 0; i < wanted.Count; i++)
                {
                    var before = own.GetValueOrDefault(wanted[i].Name ?? "");
                    if (SinkSecrets.Restore(wanted[i], before, out var sink) is { } missing)
                    {
                        return (null, new SettingsOutcome.Invalid(
                            i, missing, "must be given anew: the sink is new, or its address is another than before"));
                    }
                    if ((SinkRules.WhyNot(sink) ?? WhyNotHis(sink, games, after)) is { } fault)
                    {
                        return (null, new SettingsOutcome.Invalid(i, fault.Field, fault.Allowed));
                    }
                    after.Add(sink);
                }
                return after.Count > SinksMax
                    ? (null, new SettingsOutcome.Invalid(wanted.Count - 1, "name", $"is one too many: there may be {SinksMax} sinks"))
                    : (after, new SettingsOutcome.Done());
            },
            sinks => JsonSerializer.Serialize(sinks.Select(SinkSecrets.Masked).ToList(), AlertJson.Readable.ListAlertSink),
            cancellationToken);

    /// <summary>Replaces all thresholds within the limit.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was done.</exception>
    public Task<SettingsOutcome> ReplaceThresholdsAsync(
        IReadOnlyList<AlertThreshold> wanted, GameLimit games, CancellationToken cancellationToken) =>
        ReplaceAsync<AlertThreshold>(
            ThresholdsKey, AlertJson.Readable.ListAlertThreshold, "alert-conditions.change",
            stored =>
            {
                var after = stored.Where(item => !IsWithin(games, item)).ToList();
                for (var i = 0; i < wanted.Count; i++)
                {
                    if ((ThresholdRules.WhyNot(wanted[i]) ?? ThresholdRules.WhyNotHis(wanted[i], games, after)) is { } fault)
                    {
                        return (null, new SettingsOutcome.Invalid(i, fault.Field, fault.Allowed));
                    }
                    after.Add(wanted[i]);
                }
                return after.Count > AlertThresholds.ItemsMax
                    ? (null, new SettingsOutcome.Invalid(
                        wanted.Count - 1, "condition", $"is one too many: there may be {AlertThresholds.ItemsMax} thresholds"))
                    : (after, new SettingsOutcome.Done());
            },
            items => JsonSerializer.Serialize(items, AlertJson.Readable.ListAlertThreshold),
            cancellationToken);

    /// <summary>Writes down that somebody tries a sink.</summary>
    internal Task RecordTestAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(
        transaction =>
        {
            AuditTrail.Append(transaction, new AuditFact("alert-sinks.test", GameId: null, name), clock.NowMs());
            return ValueTask.FromResult(true);
        },
        cancellationToken);

    private static bool IsWithin(GameLimit games, AlertThreshold item) =>
        games.Games is null || (item.GameId is { } game && games.Allows(game));

    private static (string Field, string Allowed)? WhyNotHis(AlertSink sink, GameLimit games, List<AlertSink> before) =>
        !games.Covers(sink.Limit) ? ("games", "must be games of your own, and not null")
        : games.Games is not null && sink.AllowedNetworks is { Count: > 0 }
            ? ("allowedNetworks", "may be set only by who is not limited to games")
        : before.Any(other => string.Equals(other.Name, sink.Name, StringComparison.OrdinalIgnoreCase))
            ? ("name", "is another sink's")
        : null;

    private async Task<SettingsOutcome> ReplaceAsync<T>(
        string key, JsonTypeInfo<List<T>> type, string action, Func<List<T>, (List<T>? After, SettingsOutcome Outcome)> change,
        Func<List<T>, string> show, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var nowMs = clock.NowMs();
            var outcome = await database.WriteAsync<SettingsOutcome?>(
                async transaction =>
                {
                    var stored = await SettingsTable.FindAsync(transaction, key);
                    var before = Open(stored, key, type);
                    var (after, result) = change(before);
                    if (after is null)
                    {
                        return result;
                    }
                    var text = vault.Seal(JsonSerializer.Serialize(after, type), PlaceOf(key));
                    if (!await SettingsTable.SaveAsync(transaction, key, text, stored?.Version ?? 0))
                    {
                        return null;
                    }
                    AuditTrail.Append(
                        transaction, new AuditFact(action, GameId: null, Target: null) { Before = show(before), After = show(after) },
                        nowMs);
                    return result;
                },
                cancellationToken);
            if (outcome is not null)
            {
                await RefreshAsync(cancellationToken);
                return outcome;
            }
        }
        return new SettingsOutcome.Busy();
    }

    private List<T> Open<T>(SettingsTable.Stored? stored, string key, JsonTypeInfo<List<T>> type) =>
        stored is null ? [] : JsonSerializer.Deserialize(vault.Open(stored.Sealed, PlaceOf(key)), type) ?? [];

    private static string PlaceOf(string key) => $"alert_settings {key}";

    private sealed record State(IReadOnlyList<AlertSink> Sinks, AlertThresholds Thresholds);
}
