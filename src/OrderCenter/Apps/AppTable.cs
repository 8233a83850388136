using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.Apps;

/// <summary>The apps table. What must not be read from a stolen database (secrets, channel settings) is one sealed text.</summary>
internal static class AppTable
{
    private static readonly SqlStatement AllSql = new(
        "SELECT game_id, settings, sealed, version, created_ms, updated_ms FROM apps ORDER BY game_id");

    private static readonly SqlStatement VersionsSql = new("SELECT game_id, version FROM apps");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO apps (game_id, alias, settings, sealed, version, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT DO NOTHING");

    // Two apps that request one alias at once must not fail each other's batch: the second changes no row and tries again.
    private static readonly SqlStatement UpdateSql = new(
        "UPDATE apps SET alias = $2, settings = $3, sealed = $4, version = $5, updated_ms = $6 WHERE game_id = $1 AND version = $7 " +
        "AND NOT EXISTS (SELECT 1 FROM apps AS other WHERE other.alias = $2 AND other.game_id <> $1)");

    /// <summary>Sealed anew without a new version: nothing that nodes hold in memory changes.</summary>
    public static readonly SealedColumn SealedColumn = new("apps", "game_id", "sealed", row => Place((long)row.Key[0]))
    {
        Numbers = ["game_id"], StepRows = 50,
    };

    private const string ChannelsField = "channels";

    public static ValueTask<List<AppEntry>> AllAsync(Transaction transaction, Vault vault, ProtocolNames protocols) =>
        transaction.QueryAsync(
            AllSql,
            row => Read(
                protocols, row.GetInt64(0), row.GetString(1), vault.Open(row.GetString(2), Place(row.GetInt64(0))), row.GetInt64(3),
                row.GetInt64(4), row.GetInt64(5)));

    /// <summary>Every app's number and version: what a node reads often, to see whether another one has changed something.</summary>
    public static ValueTask<List<(long GameId, long Version)>> VersionsAsync(Transaction transaction) =>
        transaction.QueryAsync(VersionsSql, row => (row.GetInt64(0), row.GetInt64(1)));

    /// <returns>False: the app is not (any more) at the version before this one.</returns>
    public static async ValueTask<bool> SaveAsync(Transaction transaction, Vault vault, AppEntry entry)
    {
        var app = entry.App;
        var open = entry.Settings.DeepClone().AsObject();
        var channels = open[ChannelsField];
        open.Remove(ChannelsField);
        var hidden = new SealedDocument(
            [.. app.Secrets.Select(secret => new SealedSecret(secret.Value.Reveal(), secret.CreatedMs, secret.ValidUntilMs))],
            channels?.AsObject());
        var sealedText = vault.Seal(JsonSerializer.Serialize(hidden, SealedJson.Default.SealedDocument), Place(app.GameId));
        var changed = entry.Version == 1
            ? await transaction.ExecuteAsync(
                InsertSql, app.GameId, app.Alias, open.ToJsonString(), sealedText, entry.Version, entry.CreatedMs, entry.UpdatedMs)
            : await transaction.ExecuteAsync(
                UpdateSql, app.GameId, app.Alias, open.ToJsonString(), sealedText, entry.Version, entry.UpdatedMs, entry.Version - 1);
        return changed == 1;
    }

    private static AppEntry Read(
        ProtocolNames protocols, long gameId, string settingsJson, string hiddenJson, long version, long createdMs, long updatedMs)
    {
        var settings = JsonNode.Parse(settingsJson)!.AsObject();
        var hidden = JsonSerializer.Deserialize(hiddenJson, SealedJson.Default.SealedDocument)!;
        if (hidden.Channels is { } channels)
        {
            settings[ChannelsField] = channels.DeepClone();
        }
        if (!AppDocument.TryRead(settings, out var document, out var fault))
        {
            throw new DatabaseUnavailableException($"app {gameId} in the database: {fault}");
        }
        var secrets = hidden.Secrets.Select(secret => new AppSecret(new Secret(secret.Value), secret.CreatedMs, secret.ValidUntilMs));
        return new AppEntry(
            document.ToApp(gameId, [.. secrets], protocols.RandomDigitsOf(document)), settings, version, createdMs, updatedMs);
    }

    private static string Place(long gameId) => $"app {gameId}";
}

internal sealed record SealedDocument(IReadOnlyList<SealedSecret> Secrets, JsonObject? Channels);

internal sealed record SealedSecret(string Value, long CreatedMs, long? ValidUntilMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SealedDocument))]
internal sealed partial class SealedJson : JsonSerializerContext;
