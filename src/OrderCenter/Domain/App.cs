using System.Net;
using System.Text.Json;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Products;

namespace OrderCenter.Domain;

/// <summary>What the sources call game, channel or merchant. Immutable: a change makes a new one, and every request sees one whole state
/// of it.</summary>
public sealed record App
{
    public const long GameIdMax = 9_999_999_999;
    public const int TimeWindowSecondsDefault = 300;
    public const int UnpaidExpiresMinutesDefault = 1440;

    /// <summary>The number of the game, 1 to <see cref="GameIdMax"/>.</summary>
    public required long GameId { get; init; }

    /// <summary>The non-numeric name that H5Sdk puts in its <c>gameId</c>; unique among apps.</summary>
    public string? Alias { get; init; }

    public required string Name { get; init; }

    /// <summary>The folder name of the wire family that the game speaks.</summary>
    public required string Protocol { get; init; }

    /// <summary>Newest first. Empty: the app is closed, not open.</summary>
    public required IReadOnlyList<AppSecret> Secrets { get; init; }

    public string? CallbackUrl { get; init; }

    /// <summary>Where every kind of event of an order is told, whatever the protocol speaks; null: nowhere.</summary>
    public string? EventsUrl { get; init; }

    /// <summary>How far a request's <c>time</c> may lie from now, both directions, seconds.</summary>
    public int TimeWindowSeconds { get; init; } = TimeWindowSecondsDefault;

    /// <summary>Callers accepted at the protocol's endpoints. Empty: all.</summary>
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];

    public CallbackSettings Callback { get; init; } = new();

    /// <summary>The app's payment channels, by channel name; each value is for that channel alone to read.</summary>
    public IReadOnlyDictionary<string, JsonElement> Channels { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    public int OrderIdRandomDigits { get; init; } = OrderId.RandomDigitsMin;

    /// <summary>Whether a store's own price (Apple) must equal the order's. Storefront prices rarely do.</summary>
    public bool CheckPrice { get; init; }

    /// <summary>Whether receipts of a store's sandbox pay. False: only for the players in <see cref="Testers"/>.</summary>
    public bool AllowSandbox { get; init; }

    public IReadOnlyList<string> Testers { get; init; } = [];

    public LatePayment LatePayment { get; init; } = LatePayment.Deliver;

    /// <summary>After how many minutes an unpaid order expires.</summary>
    public int UnpaidExpiresMinutes { get; init; } = UnpaidExpiresMinutesDefault;

    /// <summary>Whether a signed request of OrderApi or H5Sdk is refused where a value (but <c>payreturndata</c>) holds <c>&amp;</c> or
    /// <c>=</c>.</summary>
    public bool StrictValues { get; init; }

    /// <summary>After how many days the personal data in an order that has ended is erased; null: it is kept.</summary>
    public int? KeepPlayerDataDays { get; init; }

    public AmountMeans AmountMeans { get; init; } = AmountMeans.Money;

    public CardSignature CardSignature { get; init; } = CardSignature.Nested;

    public bool Disabled { get; init; }

    public ProductCatalog Products { get; init; } = ProductCatalog.Empty;

    public PriceMismatch PriceMismatch { get; init; } = PriceMismatch.Refuse;

    /// <summary>The secret that signs what we send; null when the app has none that is valid.</summary>
    public Secret? SigningSecret(long nowMs)
    {
        foreach (var secret in Secrets)
        {
            if (secret.IsValidAt(nowMs))
            {
                return secret.Value;
            }
        }
        return null;
    }

    public bool Allows(IPAddress? address)
    {
        if (AllowedIps.Count == 0)
        {
            return true;
        }
        if (address is null)
        {
            return false;
        }
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return AllowedIps.Any(network => network.Contains(plain));
    }

    /// <summary>Whether the app names addresses and this is one of them: where an empty list opens nothing.</summary>
    public bool Names(IPAddress? address) => AllowedIps.Count > 0 && Allows(address);

    public bool AcceptsSandboxOf(string userId) => AllowSandbox || Testers.Contains(userId, StringComparer.Ordinal);
}
