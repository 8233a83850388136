using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.Payments.Accounts;
using OrderCenter.Persistence.Lists;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Orders (contract.md, "Native API").</summary>
internal sealed class OrdersApi(
    AppCatalog apps, OrderQueries orders, OrderCreation creation, ManualActions actions, PaymentInitiation initiation,
    OrderPresenter presenter, SenderOptions sender)
{
    public const string ExtraField = "extra";
    private const int ExtraBytesMax = 4096;
    private const int QuantityMax = 1_000_000;
    private const int ChannelMax = 64;
    private const int SessionMax = 256;
    private const int ChoiceMax = 32;

    public static void Map(RouteGroupBuilder group, OrdersApi api)
    {
        group.MapPost("/orders", (Delegate)api.CreateAsync).For(Role.Support, GameSource.Body)
            .WithSummary("Create an order; merchantOrderId is the idempotency key within the app")
            .Accepts<NewOrderJson>("application/json").Produces<OrderCreatedJson>(201).Produces<OrderCreatedJson>();
        group.MapGet("/orders", (Delegate)api.SearchAsync).For(Role.Viewer, GameSource.Query)
            .TakesQuery(RouteQueries.Orders).Produces<PageJson<OrderJson>>()
            .WithSummary(
                "Search: gameId, state, payState, userId, merchantOrderId, transactionId, channel, productId, roleId, serverId, test, "
                + "openPayments, moneyFrom, moneyTo, from, to");
        group.MapGet("/orders/{orderId}", api.GetAsync).For(Role.Viewer, GameSource.Order)
            .WithSummary("Read an order, its payment and its callbacks").Produces<OrderJson>();
        group.MapPost("/orders/{orderId}/paid", api.PaidAsync).For(Role.Finance, GameSource.Order).WithSummary("Say that an order was paid")
            .Accepts<PaidJson>("application/json").Produces<OrderJson>();
        group.MapPost(
            "/orders/{orderId}/close",
            (string orderId, HttpContext context) => api.OperateAsync(orderId, context, actions => actions.CloseAsync))
            .For(Role.Support, GameSource.Order)
            .WithSummary("Close an unpaid order").Accepts<ReasonJson>("application/json").Produces<OrderJson>();
        group.MapPost(
            "/orders/{orderId}/release",
            (string orderId, HttpContext context) => api.OperateAsync(orderId, context, actions => actions.ReleaseAsync))
            .For(Role.Support, GameSource.Order)
            .WithSummary("Let go of an order that is held for review").Accepts<ReasonJson>("application/json").Produces<OrderJson>();
        group.MapPost(
            "/orders/{orderId}/settle",
            (string orderId, HttpContext context) => api.OperateAsync(orderId, context, actions => actions.SettleAsync))
            .For(Role.Finance, GameSource.Order)
            .WithSummary("Say that the payments which an order did not take need nobody any more, as their money was given back")
            .Accepts<ReasonJson>("application/json").Produces<OrderJson>();
    }

    private delegate Task<OperationOutcome> Operation(App app, OrderId id, AuditContext by, CancellationToken cancellationToken);

    private Task<IResult> CreateAsync(HttpContext context) => RequestBody.ServeAsync(context, ApiJson.Readable.NewOrderJson, async body =>
    {
        var checks = new FieldChecks();
        if (checks.App(apps, CallerAccess.Of(context).Games, RequestBody.TextOrNumber(body.GameId)) is not { } app)
        {
            return checks.Fault!;
        }
        if (app.Disabled)
        {
            return ApiResult.Conflict($"app {app.GameId} is disabled");
        }
        var order = ToNewOrder(app, body, Idempotency.OwnKeyOf(context), checks);
        var session = checks.Optional("session", body.Session, SessionMax);
        if (checks.Fault is { } fault)
        {
            return fault;
        }
        return await creation.CreateAsync(app, order, context.RequestAborted) switch
        {
            CreateOutcome.Created created => await ShowCreatedAsync(
                app, created.OrderId, order.NotifyUrl, session, StatusCodes.Status201Created, context.RequestAborted),
            CreateOutcome.Repeated repeated => await ShowCreatedAsync(
                app, repeated.OrderId, order.NotifyUrl, session, StatusCodes.Status200OK, context.RequestAborted),
            CreateOutcome.Refused refused => ApiResult.Conflict(refused.Reason),
            _ => ApiResult.Conflict("merchantOrderId was used before with other content"),
        };
    });

    private async Task<IResult> GetAsync(string orderId, HttpContext context) => await presenter.ShowDetailAsync(orderId, context);

    /// <summary>A new order, with what the client needs to pay it where the payment begins here (contract.md, "Channels").</summary>
    private async Task<ApiResult> ShowCreatedAsync(
        App app, OrderId id, string? notifyUrl, string? session, int status, CancellationToken cancellationToken)
    {
        JsonElement? pay = null;
        string? fault = null;
        if (await orders.FindAsync(id, cancellationToken) is { Order: var order } && order.State == OrderState.New
            && initiation.CanStart(app, order.Channel, inProtocol: false))
        {
            (pay, fault) = await initiation.StartAsync(app, order, cancellationToken, session) switch
            {
                InitiationResult.Ready ready => (ready.Pay, null),
                InitiationResult.TryLater later => ((JsonElement?)null, $"try again: {later.Reason}"),
                InitiationResult.Refused refused => (null, refused.Reason),
                InitiationResult.NotConfigured refused => (null, refused.Reason),
                var other => throw new InvalidOperationException($"unknown result {other}"),
            };
        }
        var warning = notifyUrl is null ? null : CallbackUrlPolicy.ReasonBlocked(notifyUrl, app, sender);
        return ApiResult.Json(
            status, new OrderCreatedJson(id.Value, pay, fault, warning is null ? null : [$"notifyUrl: {warning}"]),
            ApiJson.Readable.OrderCreatedJson);
    }

    private async Task<IResult> SearchAsync(HttpContext context)
    {
        var query = new ListQuery(context);
        var filter = ListFilters.Orders(query, apps, CallerAccess.Of(context).Games);
        var after = query.After<ListKey>(key => OrderId.TryParse(key.Id, out var id) ? new ListKey(key.Ms, id.Value) : null);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var part = await orders.SearchAsync(filter, after, query.Limit, context.RequestAborted);
        var show = await presenter.ShowAllAsync(part.Items, context.RequestAborted);
        return ListQuery.Page(part, show, ApiJson.Readable.PageJsonOrderJson);
    }

    private Task<IResult> PaidAsync(string orderId, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.PaidJson, async body =>
        {
            if (await presenter.FindAsync(orderId, context) is not var (order, app))
            {
                return ApiResult.NotFound("order");
            }
            var checks = new FieldChecks();
            var channel = checks.Required("channel", body.Channel?.Any(char.IsControl) ?? false ? null : body.Channel, ChannelMax);
            var transactionId = checks.Required("transactionId", body.TransactionId, FieldChecks.TextMax);
            var money = default(Money);
            if (RequestBody.IsGiven(body.Money) && !RequestBody.TryMoney(body.Money, out money))
            {
                checks.Refuse("money", $"must be {Money.Form}, as text");
            }
            var currency = body.Currency is null ? null : checks.Currency(body.Currency);
            var reason = checks.Optional("reason", body.Reason, FieldChecks.ReasonMax) ?? "marked as paid";
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            var payment = new Payment
            {
                Channel = channel,
                Environment = Payment.Production,
                TransactionId = transactionId,
                Money = RequestBody.IsGiven(body.Money) ? money : null,
                Currency = currency,
            };
            var by = new AuditContext(CallerAccess.Of(context).Actor, reason);
            return await actions.MarkPaidAsync(app, order.Id, payment, by, context.RequestAborted, order) switch
            {
                PaymentOutcome.Paid or PaymentOutcome.AlreadyPaid => await presenter.ShowDetailAsync(orderId, context),
                PaymentOutcome.Held held => ApiResult.Conflict($"the order is held for review: {held.Reason}"),
                PaymentOutcome.Refused refused => ApiResult.Conflict(refused.Reason),
                _ => ApiResult.NotFound("order"),
            };
        });

    private Task<IResult> OperateAsync(string orderId, HttpContext context, Func<ManualActions, Operation> choose) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.ReasonJson, async body =>
        {
            var checks = new FieldChecks();
            var by = new AuditContext(CallerAccess.Of(context).Actor, checks.Reason(body.Reason));
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await presenter.FindAsync(orderId, context) is not var (order, app))
            {
                return ApiResult.NotFound("order");
            }
            var outcome = await choose(actions)(app, order.Id, by, context.RequestAborted);
            return await presenter.ShowOutcomeAsync(outcome, order.Id, context);
        });

    /// <summary>The order that a body describes; of no use where the checks found a fault.</summary>
    private static NewOrder ToNewOrder(App app, NewOrderJson body, string? requestKey, FieldChecks checks)
    {
        var productId = checks.Required("productId", body.ProductId, FieldChecks.IdMax);
        var productName = checks.OptionalOrEmpty("productName", body.ProductName, FieldChecks.TextMax);
        var money = checks.Price("money", body.Money);
        var currency = checks.Currency(body.Currency);
        var userId = checks.Required("userId", body.UserId, FieldChecks.IdMax);
        var merchantOrderId = checks.Optional("merchantOrderId", body.MerchantOrderId, FieldChecks.TextMax);
        if (body.Quantity is < 1 or > QuantityMax)
        {
            checks.Refuse("quantity", $"must be 1 to {QuantityMax}");
        }
        string? channel = null;
        if (RequestBody.IsGiven(body.Channel)
            && (RequestBody.TextOrNumber(body.Channel) is not { } text || !ChannelNumbers.TryParse(text, app, out channel)))
        {
            checks.Refuse("channel", $"must be {ChannelNumbers.Form}, or {ChannelNumbers.UnnumberedForm}");
        }
        if (body.NotifyUrl is not null && !AppDocument.IsHttpUrl(body.NotifyUrl))
        {
            checks.Refuse("notifyUrl", $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
        }
        var account = checks.Optional("account", body.Account, ChoiceMax);
        var way = checks.Optional("way", body.Way, ChoiceMax);
        var extra = RequestBody.IsGiven(body.Extra) ? body.Extra.GetRawText() : null;
        if (extra is not null && (extra.Length > ExtraBytesMax || extra.Contains("\\u0000", StringComparison.Ordinal)))
        {
            checks.Refuse("extra", $"must be JSON of at most {ExtraBytesMax} characters without NUL");
        }
        return new NewOrder
        {
            ProductId = productId,
            ProductName = productName,
            Money = money,
            Currency = currency,
            UserId = userId,
            MerchantOrderId = merchantOrderId,
            RequestKey = requestKey,
            Quantity = body.Quantity ?? 1,
            Channel = channel,
            NotifyUrl = body.NotifyUrl,
            Attributes = new (string Name, string? Value)[]
            {
                (ExtraField, extra), (PaymentChoice.AccountAttribute, account), (PaymentChoice.WayAttribute, way),
            }.Where(attribute => attribute.Value is not null)
                .ToDictionary(attribute => attribute.Name, attribute => attribute.Value!, StringComparer.Ordinal),

            // One piece is what the orders of every protocol mean without a quantity, so that the same number is the same order there.
            Content =
            [
                productId, money.ToString(), Currency.Canonical(currency), userId, channel ?? "",
                .. body.Quantity is null or 1 ? [] : new[] { $"{body.Quantity}" },
                .. account is null ? [] : new[] { $"account {account}" },
                .. way is null ? [] : new[] { $"way {way}" },
            ],
        };
    }
}
