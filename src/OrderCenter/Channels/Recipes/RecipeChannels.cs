using System.Text.RegularExpressions;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;
using OrderCenter.Payments.Described;

namespace OrderCenter.Channels.Recipes;

/// <summary>The channels by recipe. Their names are those in the apps' documents; none is known here.</summary>
internal sealed partial class RecipeChannels(StoreHttp http, TimeProvider clock) : IDescribedChannels
{
    public string Field => RecipeSettings.RecipeField;

    public string NameForm => "a letter and up to 31 more letters, digits or '-', all in lower case";

    public IReadOnlyList<ChannelTemplate> Templates => ShippedRecipes.Templates;

    public IChannel? Find(string name) => NamePattern().IsMatch(name) ? new RecipeChannel(name, http, clock) : null;

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,31}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NamePattern();
}
