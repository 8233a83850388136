using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Recipes;

/// <summary>A notification taken apart: the fields of its body, and those of its contents. Each name once; what is nested is no
/// field.</summary>
internal sealed record RecipeInput(ParameterSet Body, ParameterSet Contents)
{
    /// <summary>Why the contents, signed as they are, cannot be read; null: they can.</summary>
    public string? ContentsFault { get; init; }

    public static bool TryRead(
        Recipe recipe, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out RecipeInput? input, [NotNullWhen(false)] out string? fault)
    {
        input = null;
        var outer = new ParameterSet();
        JsonElement nested = default;
        if (!recipe.IsJson)
        {
            if (!outer.TryAddUrlEncoded(ByteOrderMark.Skip(body.Span), out fault))
            {
                return false;
            }
        }
        else if (!TryJson(body, "the body", outer, recipe.Contents, out nested, out fault))
        {
            return false;
        }
        if (recipe.Contents is not { } name)
        {
            input = new RecipeInput(outer, outer);
            return true;
        }
        var (contents, isObject) = (new ParameterSet(), nested.ValueKind == JsonValueKind.Object);
        if (isObject && !recipe.Signature.IsOverContents)
        {
            // Only as text the contents have the bytes that were signed.
            fault = $"{name} must be the text of a JSON object";
            return false;
        }
        ReadOnlyMemory<byte> text = default;
        if (!isObject && !outer.TryGet(name, out text))
        {
            fault = $"{name} is missing";
            return false;
        }
        if (isObject ? TryAdd(nested, contents, null, out _, out fault) : TryJson(text, name, contents, null, out _, out fault))
        {
            input = new RecipeInput(outer, contents);
            return true;
        }

        // What is signed as it is may be the store's without being what was expected.
        if (!recipe.Signature.IsOverContents)
        {
            input = new RecipeInput(outer, new ParameterSet()) { ContentsFault = fault };
            fault = null;
            return true;
        }
        return false;
    }

    private static bool TryJson(
        ReadOnlyMemory<byte> json, string what, ParameterSet fields, string? contents, out JsonElement nested,
        [NotNullWhen(false)] out string? fault)
    {
        nested = default;
        if (!Receipt.TryObject(json, out var root, out fault))
        {
            fault = $"{what} {fault}";
            return false;
        }
        return TryAdd(root, fields, contents, out nested, out fault);
    }

    private static bool TryAdd(
        JsonElement root, ParameterSet fields, string? contents, out JsonElement nested, [NotNullWhen(false)] out string? fault)
    {
        nested = default;
        fault = null;
        try
        {
            foreach (var member in root.EnumerateObject())
            {
                var text = member.Value.ValueKind switch
                {
                    JsonValueKind.String => member.Value.GetString(),
                    JsonValueKind.Null => "",
                    JsonValueKind.Object or JsonValueKind.Array => null,
                    _ => member.Value.GetRawText(),
                };
                if (member.Name == contents)
                {
                    nested = member.Value;
                }
                if (text is not null && !fields.TryAdd(Encoding.UTF8.GetBytes(member.Name), Encoding.UTF8.GetBytes(text), out fault))
                {
                    return false;
                }
            }
            return true;
        }
        catch (InvalidOperationException)
        {
            fault = "it holds text that is not valid Unicode";
            return false;
        }
    }
}
