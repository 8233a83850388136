using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Accounts;

namespace OrderCenter.Apps;

/// <summary>Shows apps without what is secret: their settings for the native API, and their changes for the log.</summary>
public sealed class AppRedaction(ChannelRegistry channels)
{
    private const int ChangesMax = 2000;
    private const int ValueMax = 200;
    private const string ChannelsField = "channels";
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings of an app without its secrets.</summary>
    public JsonObject Redact(AppEntry entry)
    {
        var settings = entry.Settings.DeepClone().AsObject();
        settings.Remove(AppAdministration.ProductsField);
        if (settings[ChannelsField] is JsonObject configured)
        {
            foreach (var (name, channel) in configured)
            {
                foreach (var account in AccountsOf(channel as JsonObject))
                {
                    foreach (var field in channels.Find(name)!.SecretFields)
                    {
                        account.Remove(field);
                    }
                }
            }
        }
        return settings;
    }

    /// <summary>The settings of a channel, and those of each account in it.</summary>
    private static IEnumerable<JsonObject> AccountsOf(JsonObject? channel) => channel is null ? []
        : [channel, .. (channel[ChannelAccounts.Field] as JsonObject ?? []).Select(account => account.Value).OfType<JsonObject>()];

    /// <summary>Every field that differs, old and new, in one line; <c>none</c>: not set.</summary>
    /// <param name="before">Null: the app is new.</param>
    /// <param name="after">How it stands now.</param>
    public string DescribeChanges(AppEntry? before, AppEntry after)
    {
        var (old, now) = (Flatten(before?.Settings), Flatten(after.Settings));
        var changes = new List<string>();
        foreach (var path in old.Keys.Union(now.Keys, StringComparer.Ordinal))
        {
            var (was, became) = (old.GetValueOrDefault(path), now.GetValueOrDefault(path));
            if (was != became)
            {
                changes.Add(before is null ? $"{path} {Value(path, became)}" : $"{path} {Value(path, was)} -> {Value(path, became)}");
            }
        }
        if (SecretChange(before?.App.Secrets ?? [], after.App.Secrets) is { } secret)
        {
            changes.Add(secret);
        }
        var text = changes.Count == 0 ? "nothing" : string.Join(", ", changes);
        return text.Length <= ChangesMax ? text : text[..ChangesMax] + "…";
    }

    /// <summary>Every field that differs, as two JSON objects: what it was and what it is. Secrets are masked.</summary>
    /// <param name="before">Null: the app is new.</param>
    /// <param name="after">How it stands now.</param>
    public (string? Before, string After) Changes(AppEntry? before, AppEntry after)
    {
        var (old, now) = (Flatten(before?.Settings), Flatten(after.Settings));
        var (was, became) = (new JsonObject(), new JsonObject());
        foreach (var path in old.Keys.Union(now.Keys, StringComparer.Ordinal))
        {
            if (old.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            {
                was[path] = Node(path, old.GetValueOrDefault(path));
                became[path] = Node(path, now.GetValueOrDefault(path));
            }
        }
        if (SecretChange(before?.App.Secrets ?? [], after.App.Secrets) is { } secret)
        {
            became["secret"] = secret["secret ".Length..];
        }
        return (before is null ? null : was.ToJsonString(OneLine), became.ToJsonString(OneLine));
    }

    private JsonNode? Node(string path, string? json) =>
        json is null ? null : IsSecret(path) ? JsonValue.Create("***") : JsonNode.Parse(json);

    private static string? SecretChange(IReadOnlyList<AppSecret> before, IReadOnlyList<AppSecret> after)
    {
        var isSame = before.Count == after.Count
            && before.Zip(after).All(pair => IsSame(pair.First, pair.Second) && pair.First.ValidUntilMs == pair.Second.ValidUntilMs);
        var isNew = after.Count > 0 && (before.Count == 0 || !IsSame(before[0], after[0]));
        return isSame ? null : $"secret {(isNew ? "new" : "as before")}, {after.Count - 1} older ones still valid";
    }

    private static bool IsSame(AppSecret one, AppSecret other) => one.Value.Reveal() == other.Value.Reveal();

    /// <summary>Objects field by field; every other value is one.</summary>
    private static Dictionary<string, string> Flatten(JsonObject? settings)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(string path, JsonNode? node)
        {
            if (path == AppAdministration.ProductsField && node is JsonObject products)
            {
                flat[path] = JsonValue.Create($"{products.Count} products, {DigestOf(products)}").ToJsonString(OneLine);
            }
            else if (node is JsonObject { Count: > 0 } inner)
            {
                foreach (var (name, value) in inner)
                {
                    Add(path.Length == 0 ? name : $"{path}.{name}", value);
                }
            }
            else if (node is not null && path.Length > 0)
            {
                flat[path] = node.ToJsonString(OneLine);
            }
        }

        Add("", settings);
        return flat;
    }

    /// <summary>A catalogue is too long for a line; that it changed is not.</summary>
    private static string DigestOf(JsonObject products) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(products.ToJsonString(OneLine))));

    /// <summary>JSON escapes control characters, so that a value stays in its line.</summary>
    private string Value(string path, string? json) =>
        json is null ? "none" : IsSecret(path) ? "***" : json.Length <= ValueMax ? json : json[..ValueMax] + "…";

    private bool IsSecret(string path) =>
        path.Split('.', 6) is [ChannelsField, var channel, var field, .. var inner] && channels.Find(channel) is { } known
        && known.SecretFields.Contains(
            field == ChannelAccounts.Field && inner is [_, var ofAccount, ..] ? ofAccount : field, StringComparer.Ordinal);
}
