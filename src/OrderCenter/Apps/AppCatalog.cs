using System.Collections.Frozen;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Apps;

/// <summary>All apps, in memory, so that a request finds its app without a query. A change is in memory before it is answered
/// (<see cref="AppAdministration"/>).</summary>
public sealed class AppCatalog(Database database, Vault vault, ProtocolNames protocols)
{
    private readonly Lock _lock = new();
    private volatile Snapshot _apps = Snapshot.Of([]);

    public IReadOnlyCollection<AppEntry> All => _apps.ByNumber.Values;

    /// <summary>Reads every app from the database.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var entries = await database.SearchAsync(transaction => AppTable.AllAsync(transaction, vault, protocols), cancellationToken);
        lock (_lock)
        {
            // What was committed during the read is in memory already, and newer.
            var newest = entries.Concat(All).GroupBy(entry => entry.App.GameId).Select(same => same.MaxBy(entry => entry.Version)!);
            _apps = Snapshot.Of([.. newest]);
        }
    }

    /// <summary>Reads the apps again where another node has changed one.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var versions = await database.ReadAsync(AppTable.VersionsAsync, cancellationToken);
        if (versions.Any(app => FindEntry(app.GameId)?.Version is not { } version || version < app.Version))
        {
            await LoadAsync(cancellationToken);
        }
    }

    /// <summary>Finds an app by its number or its alias, as text; null: there is none.</summary>
    public AppEntry? Find(string? name) =>
        string.IsNullOrEmpty(name) ? null : TryGameId(name, out var gameId) ? FindEntry(gameId) : FindAlias(name);

    public App? Find(long gameId) => FindEntry(gameId)?.App;

    /// <summary>Parses an app's number: digits without leading zeros.</summary>
    public static bool TryGameId(string text, out long gameId)
    {
        gameId = 0;
        return text.Length is > 0 and <= 10 && text[0] != '0'
            && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && long.TryParse(text, out gameId);
    }

    internal AppEntry? FindEntry(long gameId) => _apps.ByNumber.GetValueOrDefault(gameId);

    internal AppEntry? FindAlias(string alias) => _apps.ByAlias.GetValueOrDefault(alias);

    /// <summary>Puts an app's new version in memory once it is committed.</summary>
    internal void Replace(AppEntry entry)
    {
        lock (_lock)
        {
            if (FindEntry(entry.App.GameId) is not { } known || known.Version < entry.Version)
            {
                _apps = Snapshot.Of([.. All.Where(other => other.App.GameId != entry.App.GameId), entry]);
            }
        }
    }

    private sealed record Snapshot(FrozenDictionary<long, AppEntry> ByNumber, FrozenDictionary<string, AppEntry> ByAlias)
    {
        public static Snapshot Of(IReadOnlyList<AppEntry> entries) => new(
            entries.ToFrozenDictionary(entry => entry.App.GameId),
            entries.Where(entry => entry.App.Alias is not null).ToFrozenDictionary(entry => entry.App.Alias!, StringComparer.Ordinal));
    }
}
