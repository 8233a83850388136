using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>The names of the protocols that are installed.</summary>
public sealed record ProtocolNames(IReadOnlyList<string> All);

/// <summary>An app as it stands in the store: its settings as JSON (for reading and changing) beside the app that they make.</summary>
public sealed record AppEntry(App App, JsonObject Settings, long Version, long CreatedMs, long UpdatedMs);

/// <summary>What came of a change to an app.</summary>
public abstract record AppOutcome
{
    private AppOutcome()
    {
    }

    public sealed record Created(AppEntry Entry) : AppOutcome;

    public sealed record Changed(AppEntry Entry) : AppOutcome;

    public sealed record Invalid(IReadOnlyList<Fault> Faults) : AppOutcome;

    public sealed record NotFound : AppOutcome;
}

/// <summary>The apps. All of them are in memory, so that a request finds its app without asking the database; every change is compare-and-set on the
/// app's version and is in memory before it is answered.</summary>
public sealed class AppCatalog(Store.Store store, Vault vault, IEnumerable<IChannel> channels, ProtocolNames protocols, TimeProvider clock)
{
    public const int SecretMax = 256;
    private const int SecretsMax = 10;
    private const int RacesMax = 16;

    private readonly FrozenDictionary<string, IChannel> _channels = channels.ToFrozenDictionary(channel => channel.Name, StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile Snapshot _apps = Snapshot.Empty;

    public IReadOnlyCollection<AppEntry> All => _apps.ByNumber.Values;

    /// <summary>Reads every app from the store.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var entries = await store.SearchAsync(transaction => AppTable.AllAsync(transaction, vault), cancellationToken);
        lock (_gate)
        {
            // What was committed while this was read is in memory already, and newer.
            var newest = entries.Concat(_apps.ByNumber.Values).GroupBy(entry => entry.App.GameId).Select(same => same.MaxBy(entry => entry.Version)!);
            _apps = Snapshot.Of([.. newest]);
        }
    }

    /// <summary>Reads the apps again where another node has changed one.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var versions = await store.ReadAsync(AppTable.VersionsAsync, cancellationToken);
        var known = _apps.ByNumber;
        if (versions.Any(app => known.GetValueOrDefault(app.GameId)?.Version is not { } version || version < app.Version))
        {
            await LoadAsync(cancellationToken);
        }
    }

    /// <summary>Finds an app by its number or its alias, as text; null when there is none.</summary>
    public AppEntry? Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }
        var apps = _apps;
        return TryGameId(name, out var gameId) ? apps.ByNumber.GetValueOrDefault(gameId) : apps.ByAlias.GetValueOrDefault(name);
    }

    public App? Find(long gameId) => _apps.ByNumber.GetValueOrDefault(gameId)?.App;

    /// <summary>The number in its one spelling: digits without leading zeros.</summary>
    public static bool TryGameId(string text, out long gameId)
    {
        gameId = 0;
        return text.Length is > 0 and <= 10 && text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && long.TryParse(text, out gameId);
    }

    /// <summary>Creates or changes an app. An absent field keeps its value, null sets its default; objects are merged field by field. On any fault nothing changes.</summary>
    public async Task<AppOutcome> PutAsync(long gameId, JsonObject patch, CancellationToken cancellationToken)
    {
        if (!TryTakeSecret(patch, out var secret, out var fault))
        {
            return new AppOutcome.Invalid([fault!]);
        }
        // Read by itself too: a merge forgets the name of an unknown field that is null.
        if (!AppDocument.TryRead(patch, out _, out var unreadable))
        {
            return new AppOutcome.Invalid([new Fault("", unreadable)]);
        }
        return await ChangeAsync(gameId, current => Patched(current, patch, secret), cancellationToken);
    }

    /// <summary>Sets a new signing secret; the ones before go on verifying for a while.</summary>
    public async Task<AppOutcome> RotateAsync(long gameId, string secret, long previousValidMs, CancellationToken cancellationToken)
    {
        if (!IsSecret(secret))
        {
            return new AppOutcome.Invalid([SecretFault]);
        }
        return await ChangeAsync(
            gameId,
            current => current is null ? null : (current.Settings, Rotated(current.App.Secrets, secret, previousValidMs)),
            cancellationToken);
    }

    /// <summary>The settings of an app as they may be shown: without anything secret.</summary>
    public JsonObject Shown(AppEntry entry)
    {
        var shown = entry.Settings.DeepClone().AsObject();
        if (shown["channels"] is JsonObject configured)
        {
            foreach (var (name, settings) in configured)
            {
                foreach (var field in _channels[name].SecretFields)
                {
                    settings?.AsObject().Remove(field);
                }
            }
        }
        return shown;
    }

    private static Fault SecretFault => new("secret", $"must be 1 to {SecretMax} characters without control characters");

    private static bool IsSecret(string? text) => text is { Length: > 0 and <= SecretMax } && !text.Any(char.IsControl);

    private static bool TryTakeSecret(JsonObject patch, out string? secret, out Fault? fault)
    {
        secret = null;
        fault = null;
        if (!patch.TryGetPropertyValue("secret", out var node))
        {
            return true;
        }
        patch.Remove("secret");
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String && IsSecret(value.GetValue<string>()))
        {
            secret = value.GetValue<string>();
            return true;
        }
        fault = SecretFault;
        return false;
    }

    private (JsonObject Settings, IReadOnlyList<AppSecret> Secrets)? Patched(AppEntry? current, JsonObject patch, string? secret)
    {
        var settings = Merge(current?.Settings, patch);
        var secrets = current?.App.Secrets ?? [];
        if (secret is not null && (secrets.Count == 0 || secrets[0].Value.Reveal() != secret))
        {
            secrets = Rotated(secrets, secret, previousValidMs: 0);
        }
        return (settings, secrets);
    }

    private List<AppSecret> Rotated(IReadOnlyList<AppSecret> before, string secret, long previousValidMs)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var newest = before.Count > 0 && before[0].Value.Reveal() == secret ? before[0] : new AppSecret(new Secret(secret), nowMs, null);
        var kept = before
            .Select(old => old with { ValidUntilMs = Math.Min(old.ValidUntilMs ?? long.MaxValue, nowMs + previousValidMs) })
            .Where(old => old.IsValidAt(nowMs) && old.Value.Reveal() != secret);
        return [newest, .. kept.Take(SecretsMax - 1)];
    }

    private async Task<AppOutcome> ChangeAsync(
        long gameId, Func<AppEntry?, (JsonObject Settings, IReadOnlyList<AppSecret> Secrets)?> change, CancellationToken cancellationToken)
    {
        for (var race = 0; race < RacesMax; race++)
        {
            var current = _apps.ByNumber.GetValueOrDefault(gameId);
            if (change(current) is not var (settings, secrets))
            {
                return new AppOutcome.NotFound();
            }
            if (!AppDocument.TryRead(settings, out var document, out var fault))
            {
                return new AppOutcome.Invalid([new Fault("", fault)]);
            }
            var faults = document.Faults(protocols.All, _channels);
            if (faults.Count > 0)
            {
                return new AppOutcome.Invalid(faults);
            }
            if (document.Alias is { } alias && _apps.ByAlias.TryGetValue(alias, out var holder) && holder.App.GameId != gameId)
            {
                return new AppOutcome.Invalid([new Fault("alias", $"belongs to app {holder.App.GameId}")]);
            }
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var entry = new AppEntry(document.ToApp(gameId, secrets), settings, (current?.Version ?? 0) + 1, current?.CreatedMs ?? nowMs, nowMs);
            if (await store.WriteAsync(transaction => AppTable.SaveAsync(transaction, vault, entry), cancellationToken))
            {
                Replace(entry);
                return current is null ? new AppOutcome.Created(entry) : new AppOutcome.Changed(entry);
            }
            // Another request or node was faster: look again at what stands there now.
            await LoadAsync(cancellationToken);
        }
        throw new StoreBusyException($"app {gameId} is being changed by too many at once; try again");
    }

    private void Replace(AppEntry entry)
    {
        lock (_gate)
        {
            if (_apps.ByNumber.GetValueOrDefault(entry.App.GameId) is not { } there || there.Version < entry.Version)
            {
                _apps = Snapshot.Of([.. _apps.ByNumber.Values.Where(other => other.App.GameId != entry.App.GameId), entry]);
            }
        }
    }

    /// <summary>JSON merge patch (RFC 7396).</summary>
    private static JsonObject Merge(JsonObject? target, JsonObject patch)
    {
        var merged = target?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    merged.Remove(name);
                    break;
                case JsonObject inner:
                    merged[name] = Merge(merged[name] as JsonObject, inner);
                    break;
                default:
                    merged[name] = value.DeepClone();
                    break;
            }
        }
        return merged;
    }

    private sealed record Snapshot(FrozenDictionary<long, AppEntry> ByNumber, FrozenDictionary<string, AppEntry> ByAlias)
    {
        public static readonly Snapshot Empty = Of([]);

        public static Snapshot Of(IReadOnlyList<AppEntry> entries) => new(
            entries.ToFrozenDictionary(entry => entry.App.GameId),
            entries.Where(entry => entry.App.Alias is not null).ToFrozenDictionary(entry => entry.App.Alias!, StringComparer.Ordinal));
    }
}
