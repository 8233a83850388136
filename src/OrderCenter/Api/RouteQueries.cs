using OrderCenter.Alerts;
using OrderCenter.Api.Search;

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

    public static QueryParameter[] Search { get; } =
    [
        new("q", $"An order's number, the game's number of it, a store's number of a purchase, a player or an openId, or a callback's id; "
            + $"the whole of it, 1 to {SearchApi.CharactersMax} characters") { IsRequired = true },
    ];

    public static QueryParameter[] OrderFilters { get; } =
    [
        GameId,
        new("state", "Only orders in this state") { Values = EnumTexts.Progress.Texts },
        new("payState", "Only orders in this state of payment") { Values = EnumTexts.Pay.Texts },
        new("userId", "Only orders of this player"),
        new("merchantOrderId", "Only orders with this number of the game's own"),
        new("transactionId", "Only orders of this purchase, under any name that its store has for it"),
        new("channel", "Only orders of this channel"),
        new("productId", "Only orders of this product"),
        new("roleId", "Only orders of this role in the game (OrderApi's roleID)"),
        new("serverId", "Only orders of this server of the game (OrderApi's serverID)"),
        new("test", "true: only orders that a tester or a store's sandbox paid; false: only the others") { Values = ["true", "false"] },
        new("openPayments", "true: only orders with payments that they did not take and that somebody has to look at, 1,000 at most")
        {
            Values = ["true", "false"],
        },
        new("moneyFrom", "Only orders of this price or a higher one, whatever the currency"),
        new("moneyTo", "Only orders of this price or a lower one"),
        new("from", "Only orders created at this time or later, RFC 3339") { Format = "date-time" },
        new("to", "Only orders created before this time, RFC 3339") { Format = "date-time" },
    ];

    public static QueryParameter[] Orders { get; } = [.. OrderFilters, .. Paging];

    public static QueryParameter[] CallbackFilters { get; } =
    [
        new("status", "Only callbacks in this state") { Values = EnumTexts.Callback.Texts }, GameId,
        new("endpoint", "Only callbacks to this scheme, host and port, such as https://game.example:8443"),
        new("httpStatus", "Only callbacks of which an attempt was answered with this status, 100 to 599"),
        new("from", "Only callbacks queued at this time or later, RFC 3339") { Format = "date-time" },
        new("to", "Only callbacks queued before this time, RFC 3339") { Format = "date-time" },
    ];

    public static QueryParameter[] Callbacks { get; } = [.. CallbackFilters, .. Paging];

    public static QueryParameter[] NotificationFilters { get; } =
    [
        new("channel", "Only notifications of this channel"), GameId,
        new("state", "Only notifications in this state") { Values = EnumTexts.Notification.Texts },
    ];

    public static QueryParameter[] Notifications { get; } = [.. NotificationFilters, .. Paging];

    public static QueryParameter[] OneGame { get; } = [GameId];

    public static QueryParameter[] Endpoints { get; } = [GameId, .. Paging];

    public static QueryParameter[] Stock { get; } = [new("productId", "The product") { IsRequired = true }];

    public static QueryParameter[] OrderCards { get; } = [new("reason", "Why they are read; kept with the act")];

    public static QueryParameter[] Changes { get; } =
    [
        new("gameId", "The number or the alias of an app; a game's own token may leave it out"),
        new("limit", $"How many changes at most; default {ChangesApi.LimitDefault}") { NumberMax = ChangesApi.LimitMax },
        new("cursor", "The nextCursor of the page before; left out: from the oldest change that is kept"),
    ];

    public static QueryParameter[] AuditFilters { get; } =
    [
        new("actor", "Only entries of this operator or token"),
        new("action", "Only this action (order.refund), or all of a kind (order)"),
        GameId,
        new("from", "Only entries made at this time or later, RFC 3339") { Format = "date-time" },
        new("to", "Only entries made before this time, RFC 3339") { Format = "date-time" },
    ];

    public static QueryParameter[] Audit { get; } = [.. AuditFilters, .. Paging];

    public static QueryParameter[] AlertFilters { get; } =
    [
        new("state", "Only open, or only past alerts") { Values = OpenOrPast }, GameId,
        new("condition", "Only alerts of this condition") { Values = AlertConditions.Names },
    ];

    public static QueryParameter[] Alerts { get; } = [.. AlertFilters, .. Paging];

    public static QueryParameter[] Statistics { get; } =
    [
        new("from", "From when on, RFC 3339; a time within an hour means the beginning of that hour")
        {
            IsRequired = true, Format = "date-time",
        },
        new("to", "Until before when, RFC 3339; a time within an hour means the end of that hour; left out: the end of this hour")
        {
            Format = "date-time",
        },
        new("step", "In steps of an hour, or of 24 hours counted from the beginning on; left out: hour")
        {
            Values = EnumTexts.StatisticsStep.Texts,
        },
        new("by", "What an item is of, beside its step and currency; left out: game") { Values = EnumTexts.StatisticsKey.Texts },
        GameId,
    ];

    public static QueryParameter[] DiscrepancyFilters { get; } = [Kind, Resolution];

    public static QueryParameter[] Discrepancies { get; } = [.. DiscrepancyFilters, .. Paging];

    public static QueryParameter[] NewReconciliation(IReadOnlyList<string> channels) =>
    [
        Channel(channels) with { IsRequired = true },
        GameId with { IsRequired = true },
        new("day", "The business day, or the first of several") { IsRequired = true, Format = "date" },
        new("lastDay", "The last business day, where it is another") { Format = "date" },
        new(ReconciliationsApi.AccountField, "The channel's account whose statement it is, where the app has several"),
    ];

    public static QueryParameter[] ReconciliationFilters(IReadOnlyList<string> channels) =>
    [
        Channel(channels), GameId, new("open", "true: only those with differences that are not repaired") { Values = ["true", "false"] },
    ];

    public static QueryParameter[] Reconciliations(IReadOnlyList<string> channels) => [.. ReconciliationFilters(channels), .. Paging];

    public static QueryParameter[] StatementFetchFilters(IReadOnlyList<string> channels) =>
        [Channel(channels), GameId, new("state", "Only fetches in this state") { Values = EnumTexts.StatementFetch.Texts }];

    public static QueryParameter[] StatementFetches(IReadOnlyList<string> channels) => [.. StatementFetchFilters(channels), .. Paging];

    private static QueryParameter Channel(IReadOnlyList<string> channels) => new("channel", "The store") { Values = channels };
}
