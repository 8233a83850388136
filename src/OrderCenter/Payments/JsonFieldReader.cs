using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrderCenter.Encodings;

namespace OrderCenter.Payments;

/// <summary>Reads the fields of one JSON object from outside and collects what is wrong with them. An absent field is null and no fault;
/// one of another type, null included, is a fault. Never throws for what the object holds.</summary>
internal sealed class JsonFieldReader(JsonElement root)
{
    private readonly List<string> _faults = [];

    /// <summary>One sentence a fault, naming the field and what is allowed.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Parses a JSON object: bounded depth, each name once, or says what is wrong.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonFieldReader? fields, [NotNullWhen(false)] out string? fault)
    {
        fields = Receipt.TryObject(utf8, out var root, out fault) ? new JsonFieldReader(root) : null;
        return fields is not null;
    }

    public void AddFault(string fault) => _faults.Add(fault);

    public bool Has(string name) => Find(name, out _);

    public JsonElement? Element(string name) => Find(name, out var value) ? value : null;

    /// <summary>A string of 1 to <paramref name="lengthMax"/> characters.</summary>
    public string? Text(string name, int lengthMax)
    {
        var text = TextOrEmpty(name, lengthMax);
        if (text is { Length: 0 })
        {
            AddFault($"{name} must not be empty");
            return null;
        }
        return text;
    }

    /// <summary>A string of at most <paramref name="lengthMax"/> characters.</summary>
    public string? TextOrEmpty(string name, int lengthMax)
    {
        if (!Find(name, out var value))
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String)
        {
            try
            {
                if (value.GetString() is { } text && text.Length <= lengthMax)
                {
                    return text;
                }
            }
            catch (InvalidOperationException)
            {
                // Ill-formed UTF-8 or half a surrogate pair: not text.
            }
        }
        AddFault($"{name} must be a string of at most {lengthMax} characters");
        return null;
    }

    public string? RequiredText(string name, int lengthMax)
    {
        if (!Find(name, out _))
        {
            AddFault($"{name} is missing");
            return null;
        }
        return Text(name, lengthMax);
    }

    /// <summary>A JSON integer, written without fraction and exponent.</summary>
    public long? Integer(string name, long min, long max)
    {
        if (!Find(name, out var value))
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var integer) && integer >= min && integer <= max)
        {
            return integer;
        }
        AddFault($"{name} must be an integer from {min} to {max}");
        return null;
    }

    public bool? Flag(string name)
    {
        if (!Find(name, out var value))
        {
            return null;
        }
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }
        AddFault($"{name} must be true or false");
        return null;
    }

    /// <summary>An absolute http or https address.</summary>
    public Uri? Address(string name, int lengthMax)
    {
        if (Text(name, lengthMax) is not { } text)
        {
            return null;
        }
        if (WebAddress.TryParse(text, out var address))
        {
            return address;
        }
        AddFault($"{name} must be an absolute http or https address");
        return null;
    }

    /// <summary>Adds a fault for every field that is not among the known ones.</summary>
    public void OnlyKnown(IReadOnlyCollection<string> known)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            AddFault("must be a JSON object");
            return;
        }
        try
        {
            foreach (var property in root.EnumerateObject())
            {
                if (!known.Contains(property.Name))
                {
                    AddFault($"{property.Name} is not a field of this channel; allowed: {string.Join(", ", known)}");
                }
            }
        }
        catch (InvalidOperationException)
        {
            AddFault("holds a name that is not valid Unicode");
        }
    }

    private bool Find(string name, out JsonElement value)
    {
        value = default;
        try
        {
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // Another name of the object is half a surrogate pair; an object that came through TryParse has none.
            return false;
        }
    }
}
