using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.Recipes;

/// <summary>A store whose signed notification is described, not coded (docs/channels/recipes.md).</summary>
internal sealed record Recipe
{
    private const int ValueMax = 128;

    /// <summary>Whether the body is JSON, and not a form or a query.</summary>
    public required bool IsJson { get; init; }

    /// <summary>The field of the body that holds the order's fields: a JSON object, or its text. Null: the body itself does.</summary>
    public required string? Contents { get; init; }

    public required RecipeSignature Signature { get; init; }

    /// <summary>The field with our order's number.</summary>
    public required string Order { get; init; }

    /// <summary>The field with the store's number of the payment.</summary>
    public required string Transaction { get; init; }

    public required string Money { get; init; }

    /// <summary>Whether the amount is in whole hundredths of the currency, and not in the currency itself.</summary>
    public required bool IsInHundredths { get; init; }

    /// <summary>The currency of every payment; null: it is in <see cref="CurrencyField"/>.</summary>
    public required string? Currency { get; init; }

    public required string? CurrencyField { get; init; }

    /// <summary>The field with the payment's state; null: the store notifies of nothing but payments.</summary>
    public required string? State { get; init; }

    public required IReadOnlyList<string> PaidStates { get; init; }
    public required IReadOnlyList<string> RefundedStates { get; init; }

    /// <summary>States that change nothing; every other one waits for a person.</summary>
    public required IReadOnlyList<string> IgnoredStates { get; init; }

    /// <summary>The field that marks a payment without money, where it has one of <see cref="SandboxValues"/>; null: there is
    /// none.</summary>
    public required string? Sandbox { get; init; }

    public required IReadOnlyList<string> SandboxValues { get; init; }

    /// <summary>The fields that name the app at the store; an app's settings say what must be in them.</summary>
    public required IReadOnlyList<string> App { get; init; }

    /// <summary>Whether nothing but the store's key says which app was paid: it must sign for that app alone.</summary>
    public bool NeedsOwnKey => Signature.Algorithm!.IsRsa && App.Count == 0;

    public required RecipeAnswer Accepted { get; init; }
    public required RecipeAnswer Refused { get; init; }

    /// <summary>The field of a signed query whose value is the answer, by which the store checks the address; null: it does not.</summary>
    public required string? Echo { get; init; }

    /// <summary>How the store is asked about an order; null: it is not.</summary>
    public required RecipeQuery? Query { get; init; }

    /// <summary>The fields that decide what a notification means, and whether each must be there.</summary>
    public IEnumerable<(string Name, bool IsRequired)> Deciding =>
    [
        (Order, true), (Transaction, true), (Money, true),
        .. CurrencyField is { } currency ? [(currency, true)] : Array.Empty<(string, bool)>(),
        .. State is { } state ? [(state, true)] : Array.Empty<(string, bool)>(),
        .. Sandbox is { } sandbox ? [(sandbox, false)] : Array.Empty<(string, bool)>(),
        .. App.Select(app => (app, true)),
    ];

    /// <summary>Reads a recipe; of use only where there are no faults.</summary>
    public static Recipe Read(JsonElement json, string path, out IReadOnlyList<string> faults)
    {
        var fields = new RecipeFields(json, path);
        fields.OnlyKnown(
            "title", "document", "body", "contents", "signature", "order", "transaction", "money", "currency", "state", "sandbox", "app",
            "answers", "echo", "query");
        fields.Text("title", 128);
        fields.Text("document", 512);
        var contents = fields.Text("contents");
        var signature = fields.RequiredObject("signature");
        var (money, currency, state, sandbox) =
            (fields.RequiredObject("money"), fields.RequiredObject("currency"), fields.Object("state"), fields.Object("sandbox"));
        var answers = fields.RequiredObject("answers");
        money?.OnlyKnown("field", "unit");
        currency?.OnlyKnown("is", "field");
        state?.OnlyKnown("field", "paid", "refunded", "ignored");
        sandbox?.OnlyKnown("field", "values");
        answers?.OnlyKnown("accepted", "refused");
        var app = fields.Texts("app");
        var recipe = new Recipe
        {
            IsJson = fields.Choice("body", ["form", "json"]) == "json",
            Contents = contents,
            Signature = RecipeSignature.Read(signature ?? new RecipeFields(default, ""), contents is not null),
            Order = fields.Required("order"),
            Transaction = fields.Required("transaction"),
            Money = money?.Required("field") ?? "",
            IsInHundredths = money?.Choice("unit", ["main", "hundredths"]) == "hundredths",
            Currency = currency?.Text("is"),
            CurrencyField = currency?.Text("field"),
            State = state?.Required("field"),
            PaidStates = state?.Texts("paid") ?? [],
            RefundedStates = state?.Texts("refunded") ?? [],
            IgnoredStates = state?.Texts("ignored") ?? [],
            Sandbox = sandbox?.Required("field"),
            SandboxValues = sandbox?.Texts("values") ?? [],
            App = app,
            Accepted = RecipeAnswer.Read(answers?.RequiredObject("accepted"), 200, 299),
            Refused = RecipeAnswer.Read(answers?.RequiredObject("refused"), 200, 599),
            Echo = fields.Text("echo"),
            Query = RecipeQuery.Read(fields.Object("query"), app),
        };
        if (currency is not null && recipe.Currency is null == recipe.CurrencyField is null)
        {
            fields.Refuse("currency", "must have either is or field");
        }
        if (recipe.Currency is { } fixedCurrency && !Domain.Currency.IsValid(fixedCurrency))
        {
            currency!.Refuse("is", $"must be {Domain.Currency.Form}");
        }
        var states = recipe.PaidStates.Concat(recipe.RefundedStates).Concat(recipe.IgnoredStates).ToList();
        if (state is not null && (recipe.PaidStates.Count == 0 || states.Distinct(StringComparer.Ordinal).Count() != states.Count))
        {
            state.Refuse("paid", "must name at least one state, and none that refunded or ignored names too");
        }
        if (sandbox is not null && recipe.SandboxValues.Count == 0)
        {
            sandbox.Refuse("values", "must name at least one value");
        }
        if (answers is not null && recipe.Accepted == recipe.Refused)
        {
            answers.Refuse("refused", "must differ from accepted: the store would take a refusal for an acknowledgement");
        }
        faults = [.. fields.Faults];
        if (faults.Count == 0)
        {
            RecipeSafety.Check(recipe, fields, signature!);
            faults = [.. fields.Faults];
        }
        return recipe;
    }

    /// <summary>The amount of a text; false: it is none.</summary>
    public bool TryMoney(string text, out Money money)
    {
        money = default;
        if (!IsInHundredths)
        {
            return Domain.Money.TryParse(text, out money);
        }
        if (text.Length is 0 or > 15 || text.AsSpan().ContainsAnyExceptInRange('0', '9') || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }
        money = new Money(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) * 100);
        return true;
    }

    /// <summary>Whether a text can be kept as a number or a state: printable, and not too long.</summary>
    public static bool IsValue(string? text) =>
        text is { Length: > 0 and <= ValueMax } && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character))
        && ParameterSet.IsText(System.Text.Encoding.UTF8.GetBytes(text));
}
