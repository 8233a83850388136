using OrderCenter.Alerts;

namespace OrderCenter.Api;

/// <summary>Which query parameters each route knows. A parameter that is missing here is refused before it is read.</summary>
internal static class RouteQueries
{
    private static readonly QueryParameter GameId = new("gameId", "The number or the alias of an app");

    private static readonly QueryParameter Resolution =
        new("repair", "Only differences whose repair stands so") { Values = EnumTexts.Resolution.Texts };

    /// <summary>The texts of the states of alerts.</summary>
    public static readonly string[] OpenOrPast = ["open", "past"];

    private static readonly QueryParameter Kind = new("kind", "Only differences of this kind") { Values = EnumTexts.Discrepancy.Texts };

    /// <summary>What every list takes.</summary>
    public static QueryParameter[] Paging { get; } =
    [
        new("limit", $"How many items at most; default {ListQuery.LimitDefault}") { NumberMax = ListQuery.LimitMax },
        new("cursor", "The nextCursor of the page before; left out: the first page"),
    ];

    public static QueryParameter[] Orders { get; } =
    [
        GameId,
        new("state", "Only orders in this state") { Values = EnumTexts.Progress.Texts },
        new("payState", "Only orders in this state of payment") { Values = EnumTexts.Pay.Texts },
        new("userId", "Only orders of this player"),
        new("merchantOrderId", "Only orders with this number of the game's own"),
        new("transactionId", "Only orders of this purchase, under any name that its store has for it"),
        new("from", "Only orders created at this time or later, RFC 3339") { Format = "date-time" },
        new("to", "Only orders created before this time, RFC 3339") { Format = "date-time" },
        .. Paging,
    ];

    public static QueryParameter[] Callbacks { get; } =
    [
        new("status", "Only callbacks in this state") { Values = EnumTexts.Callback.Texts }, GameId, .. Paging,
    ];

    public static QueryParameter[] Notifications { get; } =
    [
        new("channel", "Only notifications of this channel"), GameId,
        new("state", "Only notifications in this state") { Values = EnumTexts.Notification.Texts },
        .. Paging,
    ];

    public static QueryParameter[] Stock { get; } = [new("productId", "The product") { IsRequired = true }];

    public static QueryParameter[] OrderCards { get; } = [new("reason", "Why they are read; kept with the act")];

    public static QueryParameter[] Changes { get; } =
    [
        new("gameId", "The number or the alias of an app; a game's own token may leave it out"),
        new("limit", $"How many changes at most; default {ChangesApi.LimitDefault}") { NumberMax = ChangesApi.LimitMax },
        new("cursor", "The nextCursor of the page before; left out: from the oldest change that is kept"),
    ];

    public static QueryParameter[] Audit { get; } =
    [
        new("actor", "Only entries of this operator or token"),
        new("action", "Only this action (order.refund), or all of a kind (order)"),
        GameId,
        new("from", "Only entries made at this time or later, RFC 3339") { Format = "date-time" },
        new("to", "Only entries made before this time, RFC 3339") { Format = "date-time" },
        .. Paging,
    ];

    public static QueryParameter[] AlertFilters { get; } =
    [
        new("state", "Only open, or only past alerts") { Values = OpenOrPast }, GameId,
        new("condition", "Only alerts of this condition") { Values = AlertConditions.Names },
    ];

    public static QueryParameter[] Alerts { get; } = [.. AlertFilters, .. Paging];

    public static QueryParameter[] Discrepancies { get; } = [Kind, Resolution, .. Paging];

    public static QueryParameter[] DiscrepanciesCsv { get; } = [Kind, Resolution];

    public static QueryParameter[] NewReconciliation(IReadOnlyList<string> channels) =>
    [
        Channel(channels) with { IsRequired = true },
        GameId with { IsRequired = true },
        new("day", "The business day, or the first of several") { IsRequired = true, Format = "date" },
        new("lastDay", "The last business day, where it is another") { Format = "date" },
    ];

    public static QueryParameter[] Reconciliations(IReadOnlyList<string> channels) =>
    [
        Channel(channels), GameId, new("open", "true: only those with differences that are not repaired") { Values = ["true", "false"] },
        .. Paging,
    ];

    private static QueryParameter Channel(IReadOnlyList<string> channels) => new("channel", "The store") { Values = channels };
}
