using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Recipes;

/// <summary>An app's settings of a channel by recipe, parsed once for each state of the app.</summary>
internal sealed class RecipeSettings : IChannelSettings
{
    public const string RecipeField = "recipe";
    public const string KeyField = "key";
    public const string PublicKeyField = "publicKey";
    public const string AppField = "app";
    public const string OwnKeyField = "publicKeyIsOwn";
    private const int KeyCharsMin = 16;
    private const int KeyCharsMax = 512;
    private const int ValueCharsMax = 128;
    private static readonly ConditionalWeakTable<App, ConcurrentDictionary<string, RecipeSettings>> Cache = [];

    private RecipeSettings(Recipe recipe) => Recipe = recipe;

    public Recipe Recipe { get; }

    /// <summary>What both sides know, as it is written or used; empty: the store signs with a key of its own.</summary>
    public byte[] Key { get; private set; } = [];

    public RsaKey? PublicKey { get; private set; }

    /// <summary>What must be in the fields that name the app.</summary>
    public IReadOnlyDictionary<string, string> App { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>The same for what the store answers to the recipe's query.</summary>
    public RecipeSettings ForAnswers => new(Recipe with { IsJson = Recipe.Query!.IsAnswerJson })
    {
        Key = Key, PublicKey = PublicKey, App = App,
    };

    /// <summary>The app's settings of that channel; null where it has none, or none that are free of faults: such a channel is closed, not
    /// open.</summary>
    public static RecipeSettings? Of(App app, string channel)
    {
        if (!app.Channels.TryGetValue(channel, out var json))
        {
            return null;
        }
        var settings = Cache.GetOrCreateValue(app).GetOrAdd(channel, static (_, json) => Read(json), json);
        return settings.Faults.Count == 0 ? settings : null;
    }

    public static RecipeSettings Read(JsonElement json)
    {
        var fields = new JsonFieldReader(json);
        fields.OnlyKnown([RecipeField, KeyField, PublicKeyField, OwnKeyField, AppField]);
        if (FindRecipe(fields, out var found) is not { } recipe)
        {
            return new RecipeSettings(null!) { Faults = [.. fields.Faults, .. found] };
        }
        var settings = new RecipeSettings(recipe);
        settings.ReadKeys(fields);
        settings.ReadOwnKey(fields);
        settings.ReadApp(fields);
        settings.Faults = fields.Faults;
        return settings;
    }

    /// <summary>A recipe that ships, by its name, or the one that is written out.</summary>
    private static Recipe? FindRecipe(JsonFieldReader fields, out IReadOnlyList<string> faults)
    {
        faults = [];
        switch (fields.Element(RecipeField))
        {
            case { ValueKind: JsonValueKind.Object } json:
                var recipe = Recipe.Read(json, RecipeField + ".", out faults);
                return faults.Count == 0 ? recipe : null;
            case { ValueKind: JsonValueKind.String } when fields.Text(RecipeField, ValueCharsMax) is { } name
                && ShippedRecipes.Find(name) is { } shipped:
                return shipped;
            default:
                fields.AddFault(
                    $"{RecipeField} must be a recipe as a JSON object, or the name of one that ships: "
                    + string.Join(", ", ShippedRecipes.Names));
                return null;
        }
    }

    private void ReadKeys(JsonFieldReader fields)
    {
        var rule = Recipe.Signature;
        if (rule.Algorithm!.IsRsa)
        {
            if (fields.Has(KeyField))
            {
                fields.AddFault($"{KeyField} must not be given: the recipe verifies with {PublicKeyField}");
            }
            if (fields.RequiredText(PublicKeyField, RsaKey.CharsMax) is { } text)
            {
                if (RsaKey.TryReadPublic(text, out var key))
                {
                    PublicKey = key;
                }
                else
                {
                    fields.AddFault($"{PublicKeyField} {RsaKey.PublicForm}");
                }
            }
            return;
        }
        if (fields.Has(PublicKeyField))
        {
            fields.AddFault($"{PublicKeyField} must not be given: the recipe verifies with {KeyField}");
        }
        if (fields.RequiredText(KeyField, KeyCharsMax) is not { } secret)
        {
            return;
        }
        var isPlain = rule.Text != RecipeSignature.SortedValues || secret.All(char.IsAsciiLetterOrDigit);
        if (secret.Length < KeyCharsMin || secret.Distinct().Count() < 4 || !isPlain
            || secret.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)))
        {
            fields.AddFault(
                $"{KeyField} must be {KeyCharsMin} to {KeyCharsMax} characters without blanks, not all alike"
                + (rule.Text == RecipeSignature.SortedValues ? ", letters and digits only" : ""));
        }
        Key = SignedText.KeyOf(rule, secret);
    }

    /// <summary>Where no field names the app, only the key does: one that signs for other apps too would let their payments pay
    /// here.</summary>
    private void ReadOwnKey(JsonFieldReader fields)
    {
        var isOwn = fields.Flag(OwnKeyField);
        if (Recipe.NeedsOwnKey && isOwn != true)
        {
            fields.AddFault(
                $"{OwnKeyField} must be true: no field of the recipe names the app, so the store's key must sign for this app alone. "
                + "Ask the store; with a key of several apps the channel cannot be used");
        }
        if (!Recipe.NeedsOwnKey && isOwn is not null)
        {
            fields.AddFault($"{OwnKeyField} must not be given: it is for recipes with {PublicKeyField} and without {AppField}");
        }
    }

    private void ReadApp(JsonFieldReader fields)
    {
        var app = new Dictionary<string, string>(StringComparer.Ordinal);
        var given = fields.Element(AppField);
        if (Recipe.App.Count == 0)
        {
            if (given is not null)
            {
                fields.AddFault($"{AppField} must not be given: the recipe has no field that names the app");
            }
            return;
        }
        if (given is not { ValueKind: JsonValueKind.Object } json)
        {
            fields.AddFault($"{AppField} must be an object with {string.Join(", ", Recipe.App)}: the app's names at the store");
            return;
        }
        var inner = new JsonFieldReader(json);
        inner.OnlyKnown([.. Recipe.App]);
        foreach (var name in Recipe.App)
        {
            app[name] = inner.RequiredText(name, ValueCharsMax) ?? "";
        }
        foreach (var fault in inner.Faults)
        {
            fields.AddFault($"{AppField}.{fault}");
        }
        App = app;
    }
}
