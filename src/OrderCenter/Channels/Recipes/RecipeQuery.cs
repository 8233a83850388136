using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.Recipes;

/// <summary>A request by which a store says whether an order was paid; signed as its notifications are, and so is its answer.</summary>
internal sealed record RecipeQuery
{
    private const int UrlMax = 1024;
    private const int FieldsMax = 32;
    private const string AppPrefix = "{app.";

    private static readonly string[] Places = ["{order}", "{user}", "{product}", "{seconds}", "{milliseconds}"];

    public required Uri? Url { get; init; }

    public required bool IsGet { get; init; }

    /// <summary>Whether the answer is JSON, and not a form.</summary>
    public required bool IsAnswerJson { get; init; }

    /// <summary>Names and values of the request; a value in braces is filled in.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    public static RecipeQuery? Read(RecipeFields? query, IReadOnlyList<string> app)
    {
        if (query is null)
        {
            return null;
        }
        query.OnlyKnown("url", "method", "answer", "fields");
        var fields = query.Members("fields", FieldsMax);
        foreach (var (name, value) in fields)
        {
            var isApp = app.Any(known => value == $"{AppPrefix}{known}}}");
            if (value.Contains('{', StringComparison.Ordinal) && !isApp && !Places.Contains(value, StringComparer.Ordinal))
            {
                query.Refuse("fields", $"{name} must be a text, {Choices.Of(Places)}, or {AppPrefix}FIELD}} with a field of app");
            }
        }
        if (!fields.Any(field => field.Value == Places[0]))
        {
            query.Refuse("fields", $"must hold {Places[0]}");
        }
        return new RecipeQuery
        {
            Url = query.RequiredAddress("url", UrlMax),
            IsGet = query.Choice("method", ["get", "post"]) == "get",
            IsAnswerJson = query.Choice("answer", ["json", "form"]) == "json",
            Fields = fields,
        };
    }

    /// <summary>The request for an order.</summary>
    public HttpRequestMessage ToRequest(RecipeSettings settings, Order order, DateTimeOffset now)
    {
        var rule = settings.Recipe.Signature;
        var (set, text) = (new ParameterSet(), new List<string>());
        void Add(string name, string value)
        {
            set.TryAdd(System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(value), out _);
            text.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        }

        foreach (var (name, value) in Fields)
        {
            Add(name, ValueOf(value, settings, order, now));
        }
        var signature = rule.Algorithm!.Sign(SignedText.Write(settings.Recipe, new RecipeInput(set, set), settings.Key), settings.Key);
        Add(rule.Name, rule.Encode(signature));
        var form = string.Join('&', text);
        return IsGet
            ? new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Url!) { Query = form }.Uri)
            : new HttpRequestMessage(HttpMethod.Post, Url)
            {
                Content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"),
            };
    }

    private static string ValueOf(string value, RecipeSettings settings, Order order, DateTimeOffset now) => value switch
    {
        "{order}" => order.Id.Value,
        "{user}" => order.UserId,
        "{product}" => order.ProductId,
        "{seconds}" => now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        "{milliseconds}" => now.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ when value.StartsWith(AppPrefix, StringComparison.Ordinal) => settings.App[value[AppPrefix.Length..^1]],
        _ => value,
    };
}
