using System.Security.Cryptography;
using System.Text;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.Recipes;

/// <summary>The text that a store signs, made from a notification's fields as the recipe says.</summary>
internal static class SignedText
{
    private static readonly byte[] Mask = "***"u8.ToArray();

    /// <summary>The text with the key in it, where it stands in the text.</summary>
    public static byte[] Write(Recipe recipe, RecipeInput input, ReadOnlySpan<byte> key) => Write(recipe, input, key, key);

    /// <summary>The same with a mask in the key's place, for people.</summary>
    public static string Show(Recipe recipe, RecipeInput input, ReadOnlySpan<byte> key) =>
        Encoding.UTF8.GetString(Write(recipe, input, key, Mask));

    /// <summary>The key's bytes as they are written or used: as they are, or their MD5.</summary>
    public static byte[] KeyOf(RecipeSignature rule, string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return rule.IsKeyHashed ? Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(bytes))) : bytes;
    }

    /// <summary>A field that decides and whose value another set of fields with the same text could hold too, with the reason; null: the
    /// text says the same whoever takes it apart.</summary>
    public static string? FindAmbiguity(Recipe recipe, RecipeInput input)
    {
        var rule = recipe.Signature;
        if (rule.Text is RecipeSignature.Field)
        {
            return null;
        }
        var set = rule.IsOverContents ? input.Contents : input.Body;
        if (rule.Text is RecipeSignature.SortedValues)
        {
            // Letters and digits come before the brace that the contents begin with, and none of them is one.
            return rule.Fields.FirstOrDefault(name => !(name == recipe.Contents ? Begins(set, name) : IsPlain(set, name))) is { } odd
                ? $"{odd} must be {(odd == recipe.Contents ? "the text of a JSON object" : "letters and digits")}"
                : null;
        }
        var text = Fields(rule, set);
        if (rule.Pair.Length == 0)
        {
            return Count(text, rule.Join) == rule.Fields.Count - 1 ? null : $"a value holds {rule.Join}, which stands between values";
        }

        // Names are written: each that decides stands in the text once, so that its value begins there and nowhere else. Without a
        // separator its end is where the next name begins, so that every name must be the only one.
        string[] names = rule.Join.Length == 0 ? [.. rule.Fields]
            : recipe.Contents is { } contents && !rule.IsOverContents ? [contents]
            : [.. recipe.Deciding.Select(field => field.Name)];
        foreach (var name in names)
        {
            var isGiven = set.TryGet(name, out var value);
            var isWritten = value.Length > 0 || (!rule.SkipsEmpty && (isGiven || rule.Text == RecipeSignature.Listed));
            if (CountNames(text, name + rule.Pair, rule.Join) != (isWritten ? 1 : 0))
            {
                return $"{name}{rule.Pair} stands in the signed text more than once";
            }
            if (rule.Join.Length > 0 && name != recipe.Contents && value.Span.IndexOfAny(Encoding.UTF8.GetBytes(rule.Join)) >= 0)
            {
                return $"{name} holds {rule.Join}, which stands between fields";
            }
        }
        return null;
    }

    private static byte[] Write(Recipe recipe, RecipeInput input, ReadOnlySpan<byte> key, ReadOnlySpan<byte> shown)
    {
        var rule = recipe.Signature;
        var set = rule.IsOverContents ? input.Contents : input.Body;
        if (rule.Text is RecipeSignature.SortedValues)
        {
            return Values(rule, set, key.ToArray(), shown);
        }
        var fields = rule.Text is RecipeSignature.Field
            ? input.Body.TryGet(recipe.Contents!, out var value) ? value.ToArray() : []
            : Fields(rule, set);
        if (!rule.Algorithm!.HasKeyInText)
        {
            return fields;
        }
        var join = Encoding.UTF8.GetBytes(rule.KeyJoin);
        return rule.Key == RecipeSignature.Both ? [.. shown, .. join, .. fields, .. join, .. shown] : [.. fields, .. join, .. shown];
    }

    private static byte[] Fields(RecipeSignature rule, ParameterSet set)
    {
        using var buffer = new MemoryStream();
        var (join, pair, isFirst) = (Encoding.UTF8.GetBytes(rule.Join), Encoding.UTF8.GetBytes(rule.Pair), true);
        void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (value.IsEmpty && rule.SkipsEmpty)
            {
                return;
            }
            if (!isFirst)
            {
                buffer.Write(join);
            }
            isFirst = false;
            if (pair.Length > 0)
            {
                buffer.Write(name);
                buffer.Write(pair);
            }
            buffer.Write(value);
        }

        if (rule.Text is RecipeSignature.Sorted)
        {
            foreach (var parameter in set.Sorted)
            {
                if (rule.Signs(Encoding.UTF8.GetString(parameter.Name.Span)))
                {
                    Add(parameter.Name.Span, parameter.Value.Span);
                }
            }
        }
        else
        {
            foreach (var name in rule.Fields)
            {
                Add(Encoding.UTF8.GetBytes(name), set.TryGet(name, out var value) ? value.Span : default);
            }
        }
        return buffer.ToArray();
    }

    private static byte[] Values(RecipeSignature rule, ParameterSet set, ReadOnlyMemory<byte> key, ReadOnlySpan<byte> shown)
    {
        var values = rule.Fields.Select(name => (set.TryGet(name, out var value) ? value : default, false)).Append((key, true)).ToList();
        values.Sort(static (left, right) => left.Item1.Span.SequenceCompareTo(right.Item1.Span));
        using var buffer = new MemoryStream();
        foreach (var (value, isKey) in values)
        {
            buffer.Write(isKey ? shown : value.Span);
        }
        return buffer.ToArray();
    }

    private static bool Begins(ParameterSet set, string name) => set.TryGet(name, out var value) && value.Span.StartsWith("{"u8);

    private static bool IsPlain(ParameterSet set, string name) =>
        set.TryGet(name, out var value) && Encoding.UTF8.GetString(value.Span).All(char.IsAsciiLetterOrDigit);

    /// <summary>How often a part stands in the text, also where it overlaps itself: another way to take the text apart may begin
    /// there.</summary>
    private static int Count(ReadOnlySpan<byte> text, string part)
    {
        var (bytes, count) = (Encoding.UTF8.GetBytes(part), 0);
        for (int at; (at = text.IndexOf(bytes)) >= 0; text = text[(at + 1)..])
        {
            count++;
        }
        return count;
    }

    /// <summary>How often a name stands at the beginning of the text or behind a separator; anywhere where there is none.</summary>
    private static int CountNames(ReadOnlySpan<byte> text, string name, string join) =>
        join.Length == 0 ? Count(text, name) : Count(text, join + name) + (text.StartsWith(Encoding.UTF8.GetBytes(name)) ? 1 : 0);
}
