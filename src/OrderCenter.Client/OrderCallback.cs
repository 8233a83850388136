namespace OrderCenter.Client;

/// <summary>A protocol whose callbacks are received.</summary>
public enum CallbackProtocol
{
    /// <summary>OrderApi's and native orders' Standard Webhooks messages.</summary>
    OrderApi,

    /// <summary>H5Sdk's payment callback.</summary>
    H5Sdk,

    /// <summary>OrderCheck's call of the CP.</summary>
    OrderCheck,

    /// <summary>CardRecharge's final result.</summary>
    CardRecharge,
}

/// <summary>What a callback tells.</summary>
public enum OrderEvent
{
    /// <summary>Something newer than this package; acknowledge it.</summary>
    Other,

    /// <summary>The player has paid: hand the goods over.</summary>
    Paid,

    /// <summary>The payment was given back.</summary>
    Refunded,

    /// <summary>The order was closed unpaid.</summary>
    Closed,

    /// <summary>CardRecharge: the cards are here, or the account was recharged.</summary>
    RechargeSucceeded,

    /// <summary>CardRecharge: nothing was bought.</summary>
    RechargeFailed,
}

/// <summary>A callback whose signatures are right.</summary>
public sealed record OrderCallback
{
    /// <summary>Which protocol it came by.</summary>
    public required CallbackProtocol Protocol { get; init; }

    /// <summary>What it tells.</summary>
    public required OrderEvent Event { get; init; }

    /// <summary>The platform's order number: what goods are granted for, once.</summary>
    public required string OrderId { get; init; }

    /// <summary>The game's own order number; empty where the protocol carries none (OrderCheck) or the order has none.</summary>
    public string MerchantOrderId { get; init; } = "";

    /// <summary>The player: <c>userID</c>, <c>openId</c> or <c>sdk_id</c>; empty at CardRecharge.</summary>
    public string UserId { get; init; } = "";

    /// <summary>The product; empty where the protocol carries none (H5Sdk, CardRecharge).</summary>
    public string ProductId { get; init; } = "";

    /// <summary>The amount in the currency's main unit; null where there is none (CardRecharge). Compare it with the price that the game knows.</summary>
    public decimal? Money { get; init; }

    /// <summary>H5Sdk's <c>ext</c>, as the game gave it.</summary>
    public string Extra { get; init; } = "";

    /// <summary>CardRecharge's cards.</summary>
    public IReadOnlyList<RechargeCard> Cards { get; init; } = [];

    /// <summary>The fields as the protocol names them, without nested ones.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The header <c>webhook-id</c>, the same over all attempts.</summary>
    public required string WebhookId { get; init; }

    /// <summary>Whether it says that goods are due.</summary>
    public bool GrantsGoods => Event is OrderEvent.Paid or OrderEvent.RechargeSucceeded;
}

/// <summary>A card that was bought.</summary>
/// <param name="Type">1 number and password, 2 password, 3 link, 4 link and coupon.</param>
/// <param name="No">The number or link; empty for type 2.</param>
/// <param name="Password">The password or coupon; empty for type 3.</param>
/// <param name="Rect">The matrix number or gift; mostly empty.</param>
public sealed record RechargeCard(int Type, string No, string Password, string Rect);

/// <summary>What became of a callback.</summary>
public readonly record struct CallbackOutcome
{
    private readonly string? _detail;

    private CallbackOutcome(bool isAccepted, bool isRepeated, string detail) => (IsAccepted, IsRepeated, _detail) = (isAccepted, isRepeated, detail);

    /// <summary>The goods were granted now: the callback does not come again.</summary>
    public static CallbackOutcome Granted { get; } = new(isAccepted: true, isRepeated: false, "");

    /// <summary>The goods had been granted before: the callback does not come again.</summary>
    public static CallbackOutcome AlreadyGranted { get; } = new(isAccepted: true, isRepeated: true, "");

    /// <summary>There was nothing to grant, and what was told is done or noted: a refund, a closed order, an event that is newer than this package.</summary>
    public static CallbackOutcome Acknowledged { get; } = new(isAccepted: true, isRepeated: false, "");

    /// <summary>Whether the callback is acknowledged.</summary>
    public bool IsAccepted { get; }

    /// <summary>Whether the goods had been granted before.</summary>
    public bool IsRepeated { get; }

    /// <summary>Why it is not acknowledged, for the operators of the order center.</summary>
    public string Detail => _detail ?? "";

    /// <summary>Nothing was granted; the callback comes again by its schedule. Throwing from the handler does the same.</summary>
    /// <param name="why">For the operators of the order center; at most 256 characters are kept.</param>
    public static CallbackOutcome TryAgain(string why) => new(isAccepted: false, isRepeated: false, why);
}

/// <summary>How callbacks are received.</summary>
public sealed record CallbackOptions
{
    /// <summary>The app's secrets: any of them may have signed, so that one can be rotated. Empty texts verify nothing.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>The clock; left out: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How far an attempt's time may be from now: 5 minutes.</summary>
    public TimeSpan Tolerance { get; init; } = StandardWebhook.Tolerance;

    /// <summary>Whether H5Sdk and CardRecharge callbacks without Standard Webhooks headers are refused; true. Set it to false only for another platform's
    /// callbacks: the protocols' MD5 signs are weak and never expire. OrderApi and OrderCheck have no other signature and always need them.</summary>
    public bool RequiresWebhookSignature { get; init; } = true;

    /// <summary>CardRecharge: whether the app's setting <c>cardSignature</c> is <c>string</c>; false.</summary>
    public bool IsCardText { get; init; }
}
