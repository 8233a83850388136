using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Recipes;

/// <summary>Reads the fields of one object of a recipe and collects its faults, each with the field's whole path.</summary>
internal sealed class RecipeFields(JsonElement root, string path)
{
    private const int NameMax = 64;
    private const int ListMax = 64;
    private readonly JsonFieldReader _fields = new(root);
    private readonly List<RecipeFields> _inner = [];

    public IEnumerable<string> Faults => _fields.Faults.Select(fault => path + fault).Concat(_inner.SelectMany(inner => inner.Faults));

    public void Refuse(string name, string allowed) => _fields.AddFault($"{name} {allowed}");

    public void OnlyKnown(params string[] known) => _fields.OnlyKnown(known);

    public bool Has(string name) => _fields.Has(name);

    public string? Text(string name, int lengthMax = NameMax) => _fields.Text(name, lengthMax);

    public string? TextOrEmpty(string name, int lengthMax) => _fields.TextOrEmpty(name, lengthMax);

    public string Required(string name, int lengthMax = NameMax) => _fields.RequiredText(name, lengthMax) ?? "";

    public long? Integer(string name, long min, long max) => _fields.Integer(name, min, max);

    public bool? Flag(string name) => _fields.Flag(name);

    /// <summary>One of a few texts.</summary>
    /// <param name="name">The field.</param>
    /// <param name="choices">What it may hold.</param>
    /// <param name="absent">What it is where it is absent; null: it must be there.</param>
    public string Choice(string name, IReadOnlyList<string> choices, string? absent = null)
    {
        if (!Has(name) && absent is not null)
        {
            return absent;
        }
        if (_fields.TextOrEmpty(name, NameMax) is { } text && choices.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }
        Refuse(name, $"must be {Choices.Of(choices)}");
        return "";
    }

    /// <summary>A list of different texts, not empty where it is there.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (_fields.Element(name) is not { } element)
        {
            return [];
        }
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() is > 0 and <= ListMax)
        {
            var texts = element.EnumerateArray().Select(TextOf).ToList();
            if (texts.TrueForAll(text => text is { Length: > 0 and <= NameMax })
                && texts.Distinct(StringComparer.Ordinal).Count() == texts.Count)
            {
                return texts!;
            }
        }
        Refuse(name, $"must be a list of 1 to {ListMax} different texts of 1 to {NameMax} characters");
        return [];
    }

    /// <summary>An absolute http or https address that must be there.</summary>
    public Uri? RequiredAddress(string name, int lengthMax)
    {
        if (!Has(name))
        {
            Refuse(name, "is missing");
        }
        return _fields.Address(name, lengthMax);
    }

    /// <summary>The members of an object of texts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Members(string name, int countMax)
    {
        if (_fields.Element(name) is { ValueKind: JsonValueKind.Object } element)
        {
            var members = element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, TextOf(member.Value))).ToList();
            if (members.Count <= countMax
                && members.TrueForAll(member => member is { Key.Length: > 0 and <= NameMax, Value.Length: <= NameMax }))
            {
                return [.. members.Select(member => KeyValuePair.Create(member.Key, member.Value!))];
            }
        }
        Refuse(name, $"must be an object of at most {countMax} texts of at most {NameMax} characters");
        return [];
    }

    /// <summary>An object within; null: it is not there, or no object.</summary>
    public RecipeFields? Object(string name)
    {
        if (_fields.Element(name) is not { } element)
        {
            return null;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, "must be a JSON object");
            return null;
        }
        var inner = new RecipeFields(element, $"{path}{name}.");
        _inner.Add(inner);
        return inner;
    }

    public RecipeFields? RequiredObject(string name)
    {
        if (!Has(name))
        {
            Refuse(name, "is missing");
        }
        return Object(name);
    }

    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: not text.
            return null;
        }
    }
}
