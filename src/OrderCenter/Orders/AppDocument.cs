using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Orders;

/// <summary>An app's settings as JSON: the body of <c>PUT /apps/{gameId}</c> and, without its secrets, what stands in the store. Null: the default.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record AppDocument
{
    public const int TextMax = 256;
    public const int UrlMax = 2048;
    private const int ListMax = 1000;
    private const int NetworksMax = 16;
    private const int RetriesMax = 200;
    private const decimal RetrySecondsMax = 30 * 86_400;

    public string? Name { get; init; }
    public string? Alias { get; init; }
    public string? Protocol { get; init; }
    public string? CallbackUrl { get; init; }
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
    public string? AmountMeans { get; init; }
    public string? CardSignature { get; init; }
    public bool? Disabled { get; init; }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CallbackDocument
    {
        public IReadOnlyList<decimal>? RetrySeconds { get; init; }
        public int? TimeoutSeconds { get; init; }
        public int? MaxConcurrency { get; init; }
        public string? Format { get; init; }
        public IReadOnlyList<string>? AllowedNetworks { get; init; }
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

    /// <summary>Everything that is wrong with the values: field, and what is allowed.</summary>
    public IReadOnlyList<Fault> Faults(IReadOnlyCollection<string> protocols, IReadOnlyDictionary<string, IChannel> channels)
    {
        var faults = new List<Fault>();
        void Check(bool good, string field, string allowed)
        {
            if (!good)
            {
                faults.Add(new Fault(field, allowed));
            }
        }

        Check(Name is { Length: > 0 and <= TextMax }, "name", $"must be 1 to {TextMax} characters");
        Check(Alias is null || AliasForm().IsMatch(Alias), "alias", "must begin with a letter and be at most 64 letters, digits, '_', '-' or '.'");
        Check(Protocol is not null && protocols.Contains(Protocol), "protocol", $"must be one of {string.Join(", ", protocols)}");
        Check(CallbackUrl is null || IsHttpUrl(CallbackUrl), "callbackUrl", $"must be an absolute http or https URL of at most {UrlMax} characters");
        Check(TimeWindowSeconds is null or (>= 1 and <= 86_400), "timeWindowSeconds", "must be 1 to 86400 seconds");
        Check(AllowedIps is null || (AllowedIps.Count <= ListMax && AllowedIps.All(text => TryNetwork(text, out _))), "allowedIps", $"must be at most {ListMax} addresses or networks such as 10.0.0.0/8");
        Check(Callback?.RetrySeconds is null || IsSchedule(Callback.RetrySeconds), "callback.retrySeconds", $"must be 1 to {RetriesMax} waits of 0 to {RetrySecondsMax} seconds, to the millisecond");
        Check(Callback?.TimeoutSeconds is null or (>= 1 and <= 60), "callback.timeoutSeconds", "must be 1 to 60 seconds");
        Check(Callback?.MaxConcurrency is null or (>= 1 and <= 1000), "callback.maxConcurrency", "must be 1 to 1000");
        Check(Callback?.AllowedNetworks is null || (Callback.AllowedNetworks.Count <= NetworksMax && Callback.AllowedNetworks.All(text => TryNetwork(text, out _))), "callback.allowedNetworks", $"must be at most {NetworksMax} addresses or networks such as 10.0.0.0/8");
        Check(IsOneOf<CallbackFormat>(Callback?.Format), "callback.format", "must be form or json");
        Check(OrderIdRandomDigits is null or (>= OrderId.RandomDigitsMin and <= OrderId.RandomDigitsMax), "orderIdRandomDigits", $"must be {OrderId.RandomDigitsMin} to {OrderId.RandomDigitsMax}");
        Check(Testers is null || (Testers.Count <= ListMax && Testers.All(tester => tester is { Length: > 0 and <= TextMax })), "testers", $"must be at most {ListMax} players of 1 to {TextMax} characters");
        Check(IsOneOf<Model.LatePayment>(LatePayment), "latePayment", "must be deliver or hold");
        Check(UnpaidExpiresMinutes is null or (>= 1 and <= 525_600), "unpaidExpiresMinutes", "must be 1 to 525600 minutes");
        Check(IsOneOf<Model.AmountMeans>(AmountMeans), "amountMeans", "must be money or quantity");
        Check(IsOneOf<Model.CardSignature>(CardSignature), "cardSignature", "must be nested or string");
        foreach (var (name, settings) in Channels ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal))
        {
            if (channels.TryGetValue(name, out var channel))
            {
                faults.AddRange(channel.Faults(settings).Select(fault => new Fault($"channels.{name}", fault)));
            }
            else
            {
                faults.Add(new Fault($"channels.{name}", $"is not installed; allowed: {string.Join(", ", channels.Keys)}"));
            }
        }
        return faults;
    }

    /// <summary>The app that a faultless document describes.</summary>
    public App ToApp(long gameId, IReadOnlyList<AppSecret> secrets) => new()
    {
        GameId = gameId,
        Alias = Alias,
        Name = Name!,
        Protocol = Protocol!,
        Secrets = secrets,
        CallbackUrl = CallbackUrl,
        TimeWindowSeconds = TimeWindowSeconds ?? App.TimeWindowSecondsDefault,
        AllowedIps = Networks(AllowedIps),
        Callback = new CallbackSettings
        {
            RetryMs = Callback?.RetrySeconds?.Select(seconds => (long)(seconds * 1000)).ToList(),
            TimeoutSeconds = Callback?.TimeoutSeconds ?? new CallbackSettings().TimeoutSeconds,
            MaxConcurrency = Callback?.MaxConcurrency ?? new CallbackSettings().MaxConcurrency,
            Format = OneOf(Callback?.Format, CallbackFormat.Form),
            AllowedNetworks = Networks(Callback?.AllowedNetworks),
        },
        Channels = Channels ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal),
        OrderIdRandomDigits = OrderIdRandomDigits ?? OrderId.RandomDigitsMin,
        CheckPrice = CheckPrice ?? false,
        AllowSandbox = AllowSandbox ?? false,
        Testers = Testers ?? [],
        LatePayment = OneOf(LatePayment, Model.LatePayment.Deliver),
        UnpaidExpiresMinutes = UnpaidExpiresMinutes ?? App.UnpaidExpiresMinutesDefault,
        AmountMeans = OneOf(AmountMeans, Model.AmountMeans.Money),
        CardSignature = OneOf(CardSignature, Model.CardSignature.Nested),
        Disabled = Disabled ?? false,
    };

    /// <summary>Whether a text is an absolute http or https address of bounded length, without user information.</summary>
    public static bool IsHttpUrl(string text) =>
        text.Length <= UrlMax && WebAddress.TryParse(text, out var url) && url.UserInfo.Length == 0 && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));

    private static bool IsSchedule(IReadOnlyList<decimal> waits) =>
        waits.Count is >= 1 and <= RetriesMax && waits.All(wait => wait is >= 0 and <= RetrySecondsMax && wait * 1000 == decimal.Truncate(wait * 1000));

    private static IReadOnlyList<IPNetwork> Networks(IReadOnlyList<string>? texts) =>
        [.. (texts ?? []).Select(text => TryNetwork(text, out var network) ? network : throw new InvalidOperationException($"'{text}' is not a network"))];

    /// <summary>An address stands for itself alone; an IPv4-mapped one for the IPv4 address.</summary>
    private static bool TryNetwork(string? text, out IPNetwork network)
    {
        // The parser also takes 10.1 for 10.0.0.1, 010.0.0.1 for 8.0.0.1 and a bare number: whoever wrote that meant something else.
        if (IPAddress.TryParse(text, out var address))
        {
            if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
            {
                network = default;
                return false;
            }
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            network = new IPNetwork(plain, plain.GetAddressBytes().Length * 8);
            return true;
        }
        return IPNetwork.TryParse(text, out network);
    }

    private static bool IsOneOf<T>(string? text)
        where T : struct, Enum => text is null || Enum.GetNames<T>().Any(name => IsName(name, text));

    private static T OneOf<T>(string? text, T standard)
        where T : struct, Enum => text is null ? standard : Enum.Parse<T>(text, ignoreCase: true);

    /// <summary>Settings write names in lower case.</summary>
    private static bool IsName(string name, string text) => name.Equals(text, StringComparison.OrdinalIgnoreCase) && text.All(char.IsAsciiLetterLower);

    /// <summary>The serializer names an unmapped field only in its message.</summary>
    [GeneratedRegex("^The JSON property '(?<name>[^']{1,64})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex UnknownField();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex AliasForm();
}

/// <summary>What is wrong with one field, and what is allowed.</summary>
public sealed record Fault(string Field, string Allowed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppDocument))]
internal sealed partial class AppJson : JsonSerializerContext;
