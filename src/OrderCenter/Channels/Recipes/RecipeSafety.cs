namespace OrderCenter.Channels.Recipes;

/// <summary>Refuses recipes that could take for proven what the store did not sign. Two payments that differ in a field that decides must
/// never have the same signed text; what cannot be seen from the recipe alone is checked in each notification
/// (<see cref="SignedText.FindAmbiguity"/>).</summary>
internal static class RecipeSafety
{
    private const string NotSigned = "must be a field that is signed";

    public static void Check(Recipe recipe, RecipeFields fields, RecipeFields signature)
    {
        var rule = recipe.Signature;
        CheckText(rule, signature, recipe.Contents is not null);
        CheckKey(rule, signature);
        CheckDecidingFields(recipe, fields, signature);
        if (recipe.Query is not null
            && (rule.Algorithm!.IsRsa || rule.IsOverContents || rule.Text is not (RecipeSignature.Sorted or RecipeSignature.Listed)))
        {
            fields.Refuse("query", "may be given only where both sides know the key and text is sorted or listed over the body");
        }
        if (recipe.Query?.Fields.Any(field => field.Key == rule.Name) == true)
        {
            fields.Refuse("query.fields", "must not hold the signature, which is added");
        }
        if (recipe.Echo is not null && (rule.IsOverContents || rule.Text == RecipeSignature.Field))
        {
            fields.Refuse("echo", "may be given only where the fields of the body are signed");
        }
    }

    private static void CheckText(RecipeSignature rule, RecipeFields signature, bool hasContents)
    {
        var isListed = rule.Text is RecipeSignature.Listed or RecipeSignature.SortedValues;
        if (isListed != rule.Fields.Count > 0)
        {
            signature.Refuse("fields", "must be given where text is listed or sorted-values, and only there");
        }
        if (rule.Text != RecipeSignature.Sorted && rule.Without.Count > 0)
        {
            signature.Refuse("without", "may be given only where text is sorted");
        }
        if (rule.Fields.Contains(rule.Name, StringComparer.Ordinal))
        {
            signature.Refuse("fields", "must not name the signature itself");
        }
        if (rule.Text is RecipeSignature.Field or RecipeSignature.SortedValues && !hasContents)
        {
            signature.Refuse("text", $"{rule.Text} needs contents: nothing else of the order would be signed");
        }
        if (rule.Text is RecipeSignature.Field)
        {
            return;
        }
        if (rule.Text is RecipeSignature.SortedValues)
        {
            if (rule.Join.Length + rule.Pair.Length + rule.KeyJoin.Length > 0 || !rule.Algorithm!.HasKeyInText || rule.IsKeyHashed)
            {
                signature.Refuse(
                    "text", "sorted-values is for a digest without hmac, the key as it is among the values, nothing between them");
            }
            return;
        }
        if (!IsSeparator(rule.Join) || !IsSeparator(rule.Pair) || (rule.Pair.Length > 0 && rule.Pair == rule.Join))
        {
            signature.Refuse("join", "and pair must be different, and hold no letters, digits, '_', '-' or '.'");
        }
        if (rule.Join.Length == 0 && rule.Text == RecipeSignature.Sorted)
        {
            signature.Refuse(
                "join", "must not be empty where text is sorted: different fields would have the same text; name the fields (listed)");
        }
        if (rule.Pair.Length == 0 && (rule.Join.Length == 0 || rule.Text == RecipeSignature.Sorted))
        {
            signature.Refuse(
                "pair", "must not be empty where text is sorted or join is empty: values could move from one field to another");
        }
        if (rule.Pair.Length == 0 && rule.SkipsEmpty)
        {
            signature.Refuse("empty", "must be keep where names are not written: values could move from one field to another");
        }
    }

    private static void CheckKey(RecipeSignature rule, RecipeFields signature)
    {
        if (rule.KeyJoin.Length > 0 && !rule.Algorithm!.HasKeyInText)
        {
            signature.Refuse("keyJoin", "may be given only where the key stands in the text");
        }
        if (rule.IsKeyHashed && rule.Algorithm!.IsRsa)
        {
            signature.Refuse("keyForm", "may be given only where there is a key that both sides know");
        }
    }

    private static void CheckDecidingFields(Recipe recipe, RecipeFields fields, RecipeFields signature)
    {
        var rule = recipe.Signature;
        var deciding = recipe.Deciding.Select(field => field.Name).ToList();
        if (deciding.Distinct(StringComparer.Ordinal).Count() != deciding.Count)
        {
            fields.Refuse("order", "transaction, money, currency, state, sandbox and app must be different fields");
        }
        if (recipe.Contents == rule.Name || (recipe.Contents is null && deciding.Contains(rule.Name, StringComparer.Ordinal)))
        {
            signature.Refuse("field", "must be a field of its own");
        }

        // Contents that are signed as a whole sign everything in them.
        if (recipe.Contents is { } contents && !rule.IsOverContents)
        {
            if (rule.Text != RecipeSignature.Field && !rule.Signs(contents))
            {
                fields.Refuse("contents", NotSigned);
            }
            return;
        }
        foreach (var (path, field) in Paths(recipe).Where(each => !rule.Signs(each.Field)))
        {
            fields.Refuse(path, $"{NotSigned}; {field} is not");
        }
    }

    private static IEnumerable<(string Path, string Field)> Paths(Recipe recipe) =>
        new (string, string?)[]
        {
            ("order", recipe.Order), ("transaction", recipe.Transaction), ("money.field", recipe.Money),
            ("currency.field", recipe.CurrencyField), ("state.field", recipe.State), ("sandbox.field", recipe.Sandbox),
        }
        .Concat(recipe.App.Select(app => ("app", (string?)app)))
        .Where(each => each.Item2 is not null).Select(each => (each.Item1, each.Item2!));

    private static bool IsSeparator(string text) =>
        !text.Any(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '.' || !char.IsAscii(character));
}
