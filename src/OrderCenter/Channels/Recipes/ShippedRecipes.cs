using System.Text.Json;
using OrderCenter.Payments.Described;

namespace OrderCenter.Channels.Recipes;

/// <summary>The recipes that come with the program: <c>Shipped/*.json</c>, each from its platform's document.</summary>
internal static class ShippedRecipes
{
    private const string Prefix = "recipes/";

    private static readonly Lazy<IReadOnlyDictionary<string, (Recipe Recipe, ChannelTemplate Template)>> All = new(Load);

    public static IEnumerable<string> Names => All.Value.Keys.Order(StringComparer.Ordinal);

    public static Recipe? Find(string name) => All.Value.TryGetValue(name, out var found) ? found.Recipe : null;

    public static IReadOnlyList<ChannelTemplate> Templates => [.. Names.Select(name => All.Value[name].Template)];

    private static Dictionary<string, (Recipe Recipe, ChannelTemplate Template)> Load()
    {
        var assembly = typeof(ShippedRecipes).Assembly;
        var recipes = new Dictionary<string, (Recipe, ChannelTemplate)>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var document = JsonDocument.Parse(stream);
            var json = document.RootElement.Clone();
            var recipe = Recipe.Read(json, "", out var faults);
            if (faults.Count > 0)
            {
                throw new InvalidOperationException($"{resource}: {string.Join("; ", faults)}");
            }
            var name = resource[Prefix.Length..];
            string[] settings =
            [
                recipe.Signature.Algorithm!.IsRsa ? RecipeSettings.PublicKeyField : RecipeSettings.KeyField,
                .. recipe.NeedsOwnKey ? [RecipeSettings.OwnKeyField] : Array.Empty<string>(),
                .. recipe.App.Select(field => $"{RecipeSettings.AppField}.{field}"),
            ];
            recipes[name] = (
                recipe,
                new ChannelTemplate(
                    name, json.GetProperty("title").GetString()!, json.GetProperty("document").GetString()!, json, settings));
        }
        return recipes;
    }
}
