using OrderCenter.Apps;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Operators.Audit;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Api;

/// <summary>The filters of lists, read from the query: of a list that comes in pages and of the same list as CSV.</summary>
internal static class ListFilters
{
    private const int ChannelMax = 64;
    private const int ActionMax = 64;
    private const int UrlMax = 512;

    public static OrderFilter Orders(QueryFields query, AppCatalog apps, GameLimit games) => new()
    {
        Games = query.Games(apps, games),
        Progress = query.Choice("state", EnumTexts.Progress, StringComparison.OrdinalIgnoreCase),
        PayState = query.Choice("payState", EnumTexts.Pay, StringComparison.OrdinalIgnoreCase),
        FromMs = query.Time("from"),
        ToMs = query.Time("to"),
        UserId = query.Text("userId"),
        MerchantOrderId = query.Text("merchantOrderId"),
        TransactionId = query.Text("transactionId"),
        Channel = query.Filter("channel", ChannelMax),
        ProductId = query.Filter("productId", FieldChecks.IdMax),
        RoleId = query.Filter("roleId", FieldChecks.TextMax),
        ServerId = query.Filter("serverId", FieldChecks.TextMax),
        IsTest = query.Flag("test"),
        HasOpenPayments = query.Flag("openPayments") == true,
        MoneyFrom = query.Money("moneyFrom"),
        MoneyTo = query.Money("moneyTo"),
    };

    public static CallbackFilter Callbacks(QueryFields query, AppCatalog apps, GameLimit games) => new()
    {
        Status = query.Choice("status", EnumTexts.Callback),
        Games = query.Games(apps, games),
        Endpoint = Endpoint(query),
        HttpStatus = query.Number("httpStatus", (100, 599)),
        FromMs = query.Time("from"),
        ToMs = query.Time("to"),
    };

    public static (string? Channel, GameLimit Games, NotificationState? State) Notifications(
        QueryFields query, AppCatalog apps, GameLimit games) =>
        (query.Filter("channel", ChannelMax), query.Games(apps, games), query.Choice("state", EnumTexts.Notification));

    public static AuditFilter Audit(QueryFields query, AppCatalog apps, GameLimit games)
    {
        var action = query.Text("action");
        if (action is not null && (action.Length > ActionMax || !action.All(one => char.IsAsciiLetterLower(one) || one is '-' or '.')))
        {
            query.Refuse("action", $"must be an action such as order.refund, or a kind such as order, at most {ActionMax} characters");
        }
        return new AuditFilter
        {
            Actor = query.Filter("actor", FieldChecks.IdMax),
            Action = action,
            Games = query.Games(apps, games),
            FromMs = query.Time("from"),
            ToMs = query.Time("to"),
        };
    }

    public static (string? Channel, GameLimit Games, bool OpenOnly) Reconciliations(
        QueryFields query, AppCatalog apps, GameLimit games, IReadOnlyList<string> stores) =>
        (query.Choice("channel", stores), query.Games(apps, games), query.Flag("open") == true);

    /// <summary>An address, of which scheme, host and port count; in the form in which callbacks keep it.</summary>
    private static string? Endpoint(QueryFields query)
    {
        if (query.Text("endpoint") is not { } text)
        {
            return null;
        }
        if (text.Length > UrlMax || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            query.Refuse("endpoint", $"must be an http or https address of at most {UrlMax} characters, such as https://game.example:8443");
            return null;
        }
        return url.GetLeftPart(UriPartial.Authority).ToLowerInvariant();
    }
}
