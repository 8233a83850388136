using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;

namespace OrderCenter.Apps;

/// <summary>An app's settings as JSON: the body of <c>PUT /apps/{gameId}</c> and, without its secrets, what the database holds. Null: the
/// default.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record AppDocument
{
    public const int UrlMax = 2048;

    public string? Name { get; init; }
    public string? Alias { get; init; }
    public string? Protocol { get; init; }
    public string? CallbackUrl { get; init; }
    public string? EventsUrl { get; init; }
    public int? TimeWindowSeconds { get; init; }
    public IReadOnlyList<string>? AllowedIps { get; init; }
    public CallbackDocument? Callback { get; init; }
    public IReadOnlyDictionary<string, JsonElement>? Channels { get; init; }
    public int? OrderIdRandomDigits { get; init; }
    public bool? CheckPrice { get; init; }
    public bool? AllowSandbox { get; init; }
    public IReadOnlyList<string>? Testers { get; init; }
    public string? LatePayment { get; init; }
    public int? UnpaidExpiresMinutes { get; init; }
    public bool? StrictValues { get; init; }
    public int? KeepPlayerDataDays { get; init; }
    public string? AmountMeans { get; init; }
    public string? CardSignature { get; init; }
    public bool? Disabled { get; init; }
    public string? PriceMismatch { get; init; }

    /// <summary>By the game's own name; written by <c>PUT /apps/{gameId}/products</c> only.</summary>
    public IReadOnlyDictionary<string, ProductDocument>? Products { get; init; }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CallbackDocument
    {
        public IReadOnlyList<decimal>? RetrySeconds { get; init; }
        public int? TimeoutSeconds { get; init; }
        public int? MaxConcurrency { get; init; }
        public string? Format { get; init; }
        public IReadOnlyList<string>? AllowedNetworks { get; init; }
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record ProductDocument
    {
        public string? Name { get; init; }
        public IReadOnlyDictionary<string, string>? Prices { get; init; }
        public IReadOnlyDictionary<string, string>? Skus { get; init; }
    }

    /// <summary>Reads a document; unknown and ill-typed fields are refused.</summary>
    public static bool TryRead(JsonObject json, [NotNullWhen(true)] out AppDocument? document, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            document = json.Deserialize(AppJson.Default.AppDocument)!;
            fault = null;
            return true;
        }
        catch (JsonException refused)
        {
            document = null;
            var field = refused.Path?.TrimStart('$', '.');
            fault = string.IsNullOrEmpty(field) || refused.Message.Contains("could not be mapped", StringComparison.Ordinal)
                ? $"the field {UnknownField().Match(refused.Message).Groups["name"].Value} is unknown"
                : $"{field} has the wrong type";
            return false;
        }
    }

    /// <summary>The app that a faultless document describes (<see cref="AppDocumentRules"/>).</summary>
    public App ToApp(long gameId, IReadOnlyList<AppSecret> secrets, int orderIdRandomDigits = OrderId.RandomDigitsMin) => new()
    {
        GameId = gameId,
        Alias = Alias,
        Name = Name!,
        Protocol = Protocol!,
        Secrets = secrets,
        CallbackUrl = CallbackUrl,
        EventsUrl = EventsUrl,
        TimeWindowSeconds = TimeWindowSeconds ?? App.TimeWindowSecondsDefault,
        AllowedIps = NetworkText.ParseList(AllowedIps),
        Callback = new CallbackSettings
        {
            RetryMs = Callback?.RetrySeconds?.Select(seconds => (long)(seconds * 1000)).ToList(),
            TimeoutSeconds = Callback?.TimeoutSeconds ?? new CallbackSettings().TimeoutSeconds,
            MaxConcurrency = Callback?.MaxConcurrency ?? new CallbackSettings().MaxConcurrency,
            Format = SettingEnum.Parse(Callback?.Format, CallbackFormat.Form),
            AllowedNetworks = NetworkText.ParseList(Callback?.AllowedNetworks),
        },
        Channels = Channels ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal),
        OrderIdRandomDigits = OrderIdRandomDigits ?? orderIdRandomDigits,
        CheckPrice = CheckPrice ?? false,
        AllowSandbox = AllowSandbox ?? false,
        Testers = Testers ?? [],
        LatePayment = SettingEnum.Parse(LatePayment, Domain.LatePayment.Deliver),
        UnpaidExpiresMinutes = UnpaidExpiresMinutes ?? App.UnpaidExpiresMinutesDefault,
        StrictValues = StrictValues ?? false,
        KeepPlayerDataDays = KeepPlayerDataDays,
        AmountMeans = SettingEnum.Parse(AmountMeans, Domain.AmountMeans.Money),
        CardSignature = SettingEnum.Parse(CardSignature, Domain.CardSignature.Nested),
        Disabled = Disabled ?? false,
        PriceMismatch = SettingEnum.Parse(PriceMismatch, Domain.Products.PriceMismatch.Refuse),
        Products = ProductRules.ToCatalog(Products),
    };

    /// <summary>Whether a text is an absolute http or https address of bounded length, without user information.</summary>
    public static bool IsHttpUrl(string text) =>
        text.Length <= UrlMax && WebAddress.TryParse(text, out var url) && url.UserInfo.Length == 0
        && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));

    /// <summary>The serializer names an unmapped field only in its message.</summary>
    [GeneratedRegex(
        "^The JSON property '(?<name>[^']{1,64})",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex UnknownField();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppDocument))]
internal sealed partial class AppJson : JsonSerializerContext;
