using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;
using OrderCenter.Payments;

namespace OrderCenter.Api;

/// <summary>Orders (contract.md, "Native API").</summary>
internal sealed class OrdersApi(AppCatalog apps, OrderBook orders, PayDesk desk, CallbackBook callbacks)
{
    public const string ExtraField = "extra";
    private const int ExtraBytesMax = 4096;
    private const int QuantityMax = 1_000_000;
    internal const int ReasonMax = 512;

    public static void Map(RouteGroupBuilder group, OrdersApi api)
    {
        group.MapPost("/orders", (Delegate)api.CreateAsync).WithSummary("Create an order; merchantOrderId is the idempotency key within the app")
            .Accepts<NewOrderJson>("application/json").Produces<OrderCreatedJson>(201).Produces<OrderCreatedJson>();
        group.MapGet("/orders", (Delegate)api.SearchAsync).WithSummary("Search: gameId, state, payState, userId, merchantOrderId, transactionId, from, to").Produces<PageJson<OrderJson>>();
        group.MapGet("/orders/{orderId}", api.GetAsync).WithSummary("Read an order, its payment and its callbacks").Produces<OrderJson>();
        group.MapPost("/orders/{orderId}/paid", api.PaidAsync).WithSummary("Say that an order was paid").Accepts<PaidJson>("application/json").Produces<OrderJson>();
        group.MapPost("/orders/{orderId}/close", (string orderId, HttpContext context) => api.ActAsync(orderId, context, orders => orders.CloseAsync))
            .WithSummary("Close an unpaid order").Accepts<ReasonJson>("application/json").Produces<OrderJson>();
        group.MapPost("/orders/{orderId}/release", (string orderId, HttpContext context) => api.ActAsync(orderId, context, orders => orders.ReleaseAsync))
            .WithSummary("Let go of an order that is held for review").Accepts<ReasonJson>("application/json").Produces<OrderJson>();
    }

    private delegate Task<ActOutcome> Act(App app, OrderId id, ActBy by, CancellationToken cancellationToken);

    private async Task<IResult> CreateAsync(HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.NewOrderJson);
        if (body is null)
        {
            return refusal!;
        }
        if (apps.Find(Body.TextOrNumber(body.GameId)) is not { App: var app })
        {
            return Answer.Invalid("gameId", "must be the number or the alias of an app");
        }
        if (app.Disabled)
        {
            return Answer.Problem(StatusCodes.Status409Conflict, $"app {app.GameId} is disabled");
        }
        if (ToNewOrder(body, Idempotency.KeyOf(context), out refusal) is not { } asked)
        {
            return refusal!;
        }
        return await orders.CreateAsync(app, asked, context.RequestAborted) switch
        {
            CreateOutcome.Created created => await ShowCreatedAsync(app, created.OrderId, StatusCodes.Status201Created, context.RequestAborted),
            CreateOutcome.Repeated repeated => await ShowCreatedAsync(app, repeated.OrderId, StatusCodes.Status200OK, context.RequestAborted),
            _ => Answer.Problem(StatusCodes.Status409Conflict, "merchantOrderId was used before with other content"),
        };
    }

    internal Task<IResult> GetAsync(string orderId, CancellationToken cancellationToken) => ShowAsync(orderId, StatusCodes.Status200OK, cancellationToken);

    internal async Task<IResult> ShowAsync(string orderId, int status, CancellationToken cancellationToken) =>
        OrderId.TryParse(orderId, out var id) && await FindAsync(id, cancellationToken) is { } order
            ? Answer.Json(status, order, ApiJson.Readable.OrderJson)
            : Answer.NotFound("order");

    /// <summary>An order with all that is known of it; null when there is none.</summary>
    internal async Task<OrderJson?> FindAsync(OrderId id, CancellationToken cancellationToken) =>
        await orders.DetailAsync(id, cancellationToken) is { } detail ? Show(detail, await callbacks.OfOrdersAsync([id], cancellationToken)) : null;

    /// <summary>A new order, with what the client needs to pay it where the payment begins with us (contract.md, "Channels").</summary>
    private async Task<Answer> ShowCreatedAsync(App app, OrderId id, int status, CancellationToken cancellationToken)
    {
        JsonElement? pay = null;
        string? fault = null;
        if (await orders.FindAsync(id, cancellationToken) is { Order: var order } && order.State == OrderState.New && desk.Takes(app, order.Channel))
        {
            (pay, fault) = await desk.StartAsync(app, order, cancellationToken) switch
            {
                PayStart.Ready ready => (ready.Pay, null),
                PayStart.TryLater later => ((JsonElement?)null, $"try again: {later.Reason}"),
                PayStart.Refused refused => (null, refused.Reason),
                PayStart.NotConfigured refused => (null, refused.Reason),
                var other => throw new InvalidOperationException($"unknown answer {other}"),
            };
        }
        return Answer.Json(status, new OrderCreatedJson(id.Value, pay, fault), ApiJson.Readable.OrderCreatedJson);
    }

    private async Task<IResult> SearchAsync(HttpContext context)
    {
        if (!Paging.TryRead(context, out var paging, out var refusal) || !TryReadFilter(context.Request.Query, out var filter, out refusal))
        {
            return refusal!;
        }
        OrderCursor? after = null;
        if (paging.After is { } key)
        {
            if (!OrderId.TryParse(key.Id, out var id))
            {
                return Paging.OtherList;
            }
            after = new OrderCursor(key.Ms, id);
        }
        var rows = await orders.SearchAsync(filter, after, paging.Limit + 1, context.RequestAborted);
        var told = await callbacks.OfOrdersAsync([.. rows.Select(row => row.Order.Id)], context.RequestAborted);
        return Paging.Page(rows, paging.Limit, row => Show(row, told), row => new PageKey(row.Order.CreatedMs, row.Order.Id.Value), ApiJson.Readable.PageJsonOrderJson);
    }

    private async Task<IResult> PaidAsync(string orderId, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.PaidJson);
        if (body is null)
        {
            return refusal!;
        }
        if (await FindAsync(orderId, context.RequestAborted) is not var (order, app))
        {
            return Answer.NotFound("order");
        }
        if (!Body.IsText(body.Channel, 64) || body.Channel.Any(char.IsControl))
        {
            return Answer.Invalid("channel", "must be 1 to 64 characters");
        }
        if (!Body.IsText(body.TransactionId, Body.TextMax))
        {
            return Answer.Invalid("transactionId", $"must be 1 to {Body.TextMax} characters");
        }
        Money? money = null;
        if (Body.IsGiven(body.Money))
        {
            if (!Body.TryMoney(body.Money, out var given))
            {
                return Answer.Invalid("money", $"must be {Money.Form}, as text");
            }
            money = given;
        }
        if (body.Currency is { } currency && !Currency.IsValid(currency))
        {
            return Answer.Invalid("currency", $"must be {Currency.Form}");
        }
        if (body.Reason is not null && !Body.IsText(body.Reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {ReasonMax} characters");
        }
        var payment = new Payment
        {
            Channel = body.Channel, Environment = Payment.Production, TransactionId = body.TransactionId, Money = money, Currency = body.Currency,
        };
        var outcome = await orders.PayByHandAsync(app, order.Id, payment, new ActBy(Access.Actor(context), body.Reason ?? "marked as paid"), context.RequestAborted, order);
        return outcome switch
        {
            SettleOutcome.Paid or SettleOutcome.AlreadyPaid => await GetAsync(orderId, context.RequestAborted),
            SettleOutcome.Held held => Answer.Problem(StatusCodes.Status409Conflict, $"the order is held for review: {held.Reason}"),
            SettleOutcome.Refused refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
            _ => Answer.NotFound("order"),
        };
    }

    private async Task<IResult> ActAsync(string orderId, HttpContext context, Func<OrderBook, Act> choose)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.ReasonJson);
        if (body is null)
        {
            return refusal!;
        }
        if (!Body.IsText(body.Reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {ReasonMax} characters");
        }
        if (await FindAsync(orderId, context.RequestAborted) is not var (order, app))
        {
            return Answer.NotFound("order");
        }
        return await choose(orders)(app, order.Id, new ActBy(Access.Actor(context), body.Reason), context.RequestAborted) switch
        {
            ActOutcome.Done or ActOutcome.AlreadySo => await GetAsync(orderId, context.RequestAborted),
            ActOutcome.NotAllowed refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
            _ => Answer.NotFound("order"),
        };
    }

    private async Task<(Order Order, App App)?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        OrderId.TryParse(orderId, out var id) && await orders.FindAsync(id, cancellationToken) is { Order: var order } && apps.Find(order.GameId) is { } app ? (order, app) : null;

    private static NewOrder? ToNewOrder(NewOrderJson body, string? requestKey, out Answer? refusal)
    {
        refusal = null;
        if (!Body.IsText(body.ProductId, Body.IdMax))
        {
            refusal = Answer.Invalid("productId", $"must be 1 to {Body.IdMax} characters");
        }
        else if (body.ProductName is { Length: > 0 } && !Body.IsText(body.ProductName, Body.TextMax))
        {
            refusal = Answer.Invalid("productName", $"must be at most {Body.TextMax} characters");
        }
        else if (!Body.TryMoney(body.Money, out var money) || money == Money.Zero)
        {
            refusal = Answer.Invalid("money", $"must be greater than 0: {Money.Form}, as text");
        }
        else if (body.Currency is null || !Currency.IsValid(body.Currency))
        {
            refusal = Answer.Invalid("currency", $"must be {Currency.Form}");
        }
        else if (!Body.IsText(body.UserId, Body.IdMax))
        {
            refusal = Answer.Invalid("userId", $"must be 1 to {Body.IdMax} characters");
        }
        else if (body.MerchantOrderId is not null && !Body.IsText(body.MerchantOrderId, Body.TextMax))
        {
            refusal = Answer.Invalid("merchantOrderId", $"must be 1 to {Body.TextMax} characters");
        }
        else if (body.Quantity is < 1 or > QuantityMax)
        {
            refusal = Answer.Invalid("quantity", $"must be 1 to {QuantityMax}");
        }
        else if (!TryChannel(body.Channel, out var channel))
        {
            refusal = Answer.Invalid("channel", $"must be {ChannelNumbers.Form}");
        }
        else if (body.NotifyUrl is not null && !AppDocument.IsHttpUrl(body.NotifyUrl))
        {
            refusal = Answer.Invalid("notifyUrl", $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
        }
        else if (Body.IsGiven(body.Extra) && (body.Extra.GetRawText().Length > ExtraBytesMax || body.Extra.GetRawText().Contains("\\u0000", StringComparison.Ordinal)))
        {
            refusal = Answer.Invalid("extra", $"must be JSON of at most {ExtraBytesMax} characters without NUL");
        }
        else
        {
            var extra = Body.IsGiven(body.Extra) ? body.Extra.GetRawText() : null;
            return new NewOrder
            {
                ProductId = body.ProductId,
                ProductName = body.ProductName ?? "",
                Money = money,
                Currency = body.Currency,
                UserId = body.UserId,
                MerchantOrderId = body.MerchantOrderId,
                RequestKey = requestKey,
                Quantity = body.Quantity ?? 1,
                Channel = channel,
                NotifyUrl = body.NotifyUrl,
                Attributes = extra is null ? Order.EmptyAttributes : new Dictionary<string, string>(StringComparer.Ordinal) { [ExtraField] = extra },
                // A single piece is what every protocol's order is unless it says otherwise, so that the same number means the same order there.
                Content = [body.ProductId, money.ToString(), Currency.Canonical(body.Currency), body.UserId, channel ?? "", .. body.Quantity is null or 1 ? [] : new[] { $"{body.Quantity}" }],
            };
        }
        return null;
    }

    private static bool TryChannel(JsonElement element, out string? channel)
    {
        channel = null;
        return !Body.IsGiven(element) || (Body.TextOrNumber(element) is { } text && ChannelNumbers.TryParse(text, out channel));
    }

    private bool TryReadFilter(IQueryCollection query, out OrderFilter filter, out Answer? refusal)
    {
        filter = new OrderFilter();
        refusal = null;
        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

        if (Text("gameId") is { } gameId)
        {
            if (apps.Find(gameId) is not { } entry)
            {
                refusal = Answer.Invalid("gameId", "must be the number or the alias of an app");
                return false;
            }
            filter = filter with { GameId = entry.App.GameId };
        }
        if (Text("state") is { } state)
        {
            if (!Enum.TryParse<Progress>(state, ignoreCase: true, out var progress) || !state.All(char.IsAsciiLetter))
            {
                refusal = Answer.Invalid("state", "must be created, delivering, delivered, failed, closed or review");
                return false;
            }
            filter = filter with { Progress = progress };
        }
        if (Text("payState") is { } pay)
        {
            if (!Enum.TryParse<PayState>(pay, ignoreCase: true, out var payState) || !pay.All(char.IsAsciiLetter))
            {
                refusal = Answer.Invalid("payState", "must be unpaid, paid or refunded");
                return false;
            }
            filter = filter with { PayState = payState };
        }
        foreach (var name in new[] { "from", "to" })
        {
            if (Text(name) is { } text)
            {
                if (!Times.TryParse(text, out var ms))
                {
                    refusal = Answer.Invalid(name, "must be an RFC 3339 time, such as 2026-11-21T00:00:00Z");
                    return false;
                }
                filter = name == "from" ? filter with { FromMs = ms } : filter with { ToMs = ms };
            }
        }
        filter = filter with { UserId = Text("userId"), MerchantOrderId = Text("merchantOrderId"), TransactionId = Text("transactionId") };
        return true;
    }

    private OrderJson Show(OrderDetail detail, ILookup<OrderId, CallbackDetail> told) => Show(detail.Row, told) with
    {
        UnappliedPayments = [.. detail.Unapplied.Select(unapplied => new UnappliedJson(OrderText.Show(unapplied.Payment), Times.Of(unapplied.SeenMs), unapplied.Reason))],
        Acts = [.. detail.Acts.Select(act => new ActJson(Times.Of(act.AtMs), act.Actor, act.Action, act.Reason, OrderText.Of(act.From), OrderText.Of(act.To)))],
        Notifications = [.. detail.Notices.Select(NotificationsApi.Show)],
        RefundedMoney = detail.PartsBack?.ToString(),
    };

    private OrderJson Show(OrderRow row, ILookup<OrderId, CallbackDetail> told) =>
        OrderText.Show(row, apps.Find(row.Order.GameId)?.Protocol ?? "", told[row.Order.Id].Select(CallbacksApi.Show));
}
