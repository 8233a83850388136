using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Receipts;
using OrderCenter.Payments;
using OrderCenter.ProviderSync;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's four endpoints (protocols.md §1). Checked in this order: app and sign (1), the form of <c>time</c> (3), its window
/// (2), fields (3), work (3).</summary>
internal sealed class OrderApiEndpoints(
    CallerAuthorization authorization, OrderQueries orders, OrderCreation creation, ReceiptApplication receipts,
    FulfilmentRecorder fulfilments, PaymentInitiation initiation, OrderMetrics metrics, TimeProvider clock)
{
    private const int ReceiptBodyBytesMax = 2 * 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;

    /// <summary>How many apps are tried as the signer of a sendproduct whose order is unknown, and how much signed text that may cost
    /// each.</summary>
    private const int SignersMax = 256;
    private const int UnownedTextBytesMax = 1024;

    /// <summary>OrderCheck's orders are created here too (protocols.md §3, last line).</summary>
    private static readonly string[] Protocols = ["OrderApi", "OrderCheck"];

    /// <summary>Meaningless where goods are delivered or an order is read: a request that carries them was signed for another
    /// endpoint.</summary>
    private static readonly string[] ForeignFields = ["money", "productid", "currency", "userID", OrderApiSigning.ReceiptField];

    /// <summary>Stored and returned as they came, beside the fields that every order has.</summary>
    private static readonly string[] AttributeFields =
        ["gamename", Order.RoleAttribute, "roleName", Order.ServerAttribute, "serverName", "username", "roleLevel", "packagename"];

    private static readonly EndpointRules Creation = new() { ForeignFields = [OrderApiSigning.ReceiptField] };
    private static readonly EndpointRules Validation = new() { ChecksTime = true, HasReceipt = true, BodyBytesMax = ReceiptBodyBytesMax };
    private static readonly EndpointRules Query = new() { ChecksTime = true, ForeignFields = ForeignFields };
    private static readonly EndpointRules Delivery = Query with { MayOmitApp = true };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<OrderApiEndpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/ordercenter").ExcludeFromDescription().WithMetadata((ErrorResponder)RefuseAsync);
        group.MapMethods("/createorder", ["GET", "POST"], context => endpoints.ServeAsync(context, Creation, endpoints.CreateOrderAsync));
        group.MapMethods("/valiorder", ["GET", "POST"], context => endpoints.ServeAsync(context, Validation, endpoints.ValiOrderAsync));
        group.MapMethods("/sendproduct", ["GET", "POST"], context => endpoints.ServeAsync(context, Delivery, endpoints.SendProductAsync));
        group.MapMethods("/queryorder", ["GET", "POST"], context => endpoints.ServeAsync(context, Query, endpoints.QueryOrderAsync));
    }

    /// <summary>Checks what all endpoints check, then does the work of one.</summary>
    private Task ServeAsync(HttpContext context, EndpointRules rules, Func<HttpContext, App, ParameterSet, FieldReader, Task> workAsync) =>
        ProtocolRequest.ServeAsync(context, RequestParameters.ReadAsync(context, rules.BodyBytesMax), async parameters =>
        {
            var fields = new FieldReader(parameters);
            if (await FindAppAsync(context, parameters, rules) is not { } app)
            {
                await NotAcceptedAsync(context, parameters, rules, fields);
                return;
            }
            if (rules.ChecksTime && TimeWindow.Check(fields, "time", app, clock) is { } timeFault)
            {
                await OrderApiJson.RefuseAsync(
                    context, timeFault.IsWindow ? OrderApiJson.OutOfTime : OrderApiJson.Failed, timeFault.Message);
                return;
            }
            foreach (var name in rules.ForeignFields.Where(name => parameters.TryGet(name, out _)))
            {
                fields.Refuse(name, "is a field of another endpoint and must not be sent here");
            }
            if (!OrderApiSigning.Text.Check(parameters, fields, app.StrictValues, OrderApiSigning.Unsigned(rules.HasReceipt)))
            {
                metrics.CountAmbiguousSignature(OrderApiProtocol.ProtocolName);
            }
            await workAsync(context, app, parameters, fields);
        }, RefuseAsync);

    private async Task CreateOrderAsync(HttpContext context, App app, ParameterSet parameters, FieldReader fields)
    {
        var order = ReadOrder(app, fields);
        if (order is null)
        {
            await FailAsync(context, fields.Fault!);
            return;
        }
        await (await creation.CreateAsync(app, order, context.RequestAborted) switch
        {
            CreateOutcome.Created created => StartPaymentAsync(context, app, created.OrderId, order.Channel),
            CreateOutcome.Repeated repeated => StartPaymentAsync(context, app, repeated.OrderId, order.Channel),
            CreateOutcome.Refused refused => FailAsync(context, refused.Reason),
            _ => FailAsync(context, "orderID was used before with other content"),
        });
    }

    /// <summary>The order's number; where its payment begins here also <c>pay</c>, what the client passes to the platform's SDK
    /// (contract.md, "Channels"). It is left out when the platform does not respond: the order exists, and the same createorder tries
    /// again.</summary>
    private async Task StartPaymentAsync(HttpContext context, App app, OrderId id, string? channel)
    {
        var pay = initiation.CanStart(app, channel) && await orders.FindAsync(id, context.RequestAborted) is { Order: var order }
            && order.State == OrderState.New
            && await initiation.StartAsync(app, order, context.RequestAborted) is InitiationResult.Ready ready
            ? ready.Pay
            : (JsonElement?)null;
        await OrderApiJson.SucceedAsync(context, id, pay: pay);
    }

    private async Task ValiOrderAsync(HttpContext context, App app, ParameterSet parameters, FieldReader fields)
    {
        var id = ReadOrderId(fields);
        var merchantOrderId = fields.Optional("orderID", TextCharactersMax);
        var receipt = ReadReceipt(parameters, fields);
        if (fields.Fault is { } fault)
        {
            await FailAsync(context, fault);
            return;
        }
        var deferredId = merchantOrderId.Length == 0 ? null : new DeferredMerchantOrderId(merchantOrderId, ContentOf);
        await (await receipts.ApplyAsync(app, id, receipt!, deferredId, context.RequestAborted) switch
        {
            PaymentOutcome.Paid or PaymentOutcome.AlreadyPaid => OrderApiJson.SucceedAsync(context, id),
            PaymentOutcome.NotFound => FailAsync(context, "order not found"),
            PaymentOutcome.Held held => FailAsync(context, $"held for review: {held.Reason}"),
            PaymentOutcome.TryLater later => FailAsync(context, $"not known yet, try again: {later.Reason}"),
            PaymentOutcome.Refused refused => FailAsync(context, refused.Reason),
            var other => throw new InvalidOperationException($"unknown outcome {other}"),
        });
    }

    private async Task SendProductAsync(HttpContext context, App app, ParameterSet parameters, FieldReader fields)
    {
        var id = ReadOrderId(fields);
        if (fields.Fault is { } fault)
        {
            await FailAsync(context, fault);
            return;
        }
        await (await fulfilments.RecordAsync(app, id, context.RequestAborted) switch
        {
            FulfilmentOutcome.Recorded => OrderApiJson.SucceedAsync(context, id),
            FulfilmentOutcome.AlreadyRecorded => OrderApiJson.SucceedAsync(context, id, duplicate: true),
            FulfilmentOutcome.NotFound => FailAsync(context, "order not found"),
            FulfilmentOutcome.Unpaid => FailAsync(context, "the order is not paid"),
            FulfilmentOutcome.Refunded => FailAsync(context, "the order was refunded"),
            _ => FailAsync(context, "the order is held for review"),
        });
    }

    private async Task QueryOrderAsync(HttpContext context, App app, ParameterSet parameters, FieldReader fields)
    {
        var id = ReadOrderId(fields);
        if (fields.Fault is { } fault)
        {
            await FailAsync(context, fault);
            return;
        }
        var row = await orders.FindAsync(id, context.RequestAborted);
        await (row?.Order.GameId == app.GameId ? OrderApiJson.SucceedAsync(context, row.Order) : FailAsync(context, "order not found"));
    }

    /// <summary>The app that signed the request. sendproduct need not name it: it is the order's. Where there is no such order, any app
    /// that signed may learn so.</summary>
    private async Task<App?> FindAppAsync(HttpContext context, ParameterSet parameters, EndpointRules rules)
    {
        bool IsSigned(App app) => OrderApiSigning.IsSigned(parameters, app, rules.HasReceipt, clock.NowMs());

        App? app;
        var gameId = parameters.Text("gameid");
        if (!rules.MayOmitApp || !string.IsNullOrEmpty(gameId))
        {
            app = authorization.Find(context, gameId, Protocols) is { } named && IsSigned(named) ? named : null;
        }
        else if (!OrderId.TryParse(parameters.Text("platorderid"), out var id))
        {
            return null;
        }
        else if (await orders.FindAsync(id, context.RequestAborted) is { Order: var order })
        {
            app = authorization.Find(context, order.GameId, Protocols) is { } owner && IsSigned(owner) ? owner : null;
        }
        else
        {
            app = ParameterSigning.LengthMax(parameters) > UnownedTextBytesMax
                ? null
                : authorization.FindCandidates(context, id, Protocols).Take(SignersMax).FirstOrDefault(IsSigned);
        }
        return app is null ? null : authorization.ConsumeRequest(context, app);
    }

    private static NewOrder? ReadOrder(App app, FieldReader fields)
    {
        var productId = fields.Required("productid", IdCharactersMax);
        var moneyText = fields.Required("money", TextCharactersMax);
        if (!Money.TryParse(moneyText, out var money) || money == Money.Zero)
        {
            fields.Refuse("money", $"must be greater than 0: {Money.Form}");
        }
        var currency = fields.Required("currency", TextCharactersMax);
        if (!Currency.IsValid(currency))
        {
            fields.Refuse("currency", $"must be {Currency.Form}");
        }
        var userId = fields.Required("userID", IdCharactersMax);
        if (!ChannelNumbers.TryParse(fields.Optional("pay_channel", TextCharactersMax), app, out var channel))
        {
            fields.Refuse("pay_channel", $"must be {ChannelNumbers.Form}");
        }
        var merchantOrderId = fields.Optional("orderID", TextCharactersMax);
        var productName = fields.Optional("productname", TextCharactersMax);
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in AttributeFields)
        {
            if (fields.Optional(name, TextCharactersMax) is { Length: > 0 } value)
            {
                attributes.Add(name, value);
            }
        }
        if (fields.Fault is not null)
        {
            return null;
        }
        return new NewOrder
        {
            ProductId = productId,
            ProductName = productName,
            Money = money,
            Currency = currency,
            UserId = userId,
            MerchantOrderId = merchantOrderId.Length == 0 ? null : merchantOrderId,
            Channel = channel,
            Attributes = attributes,
            Content = Content(productId, money, currency, userId, channel),
        };
    }

    /// <summary>What must be the same when an orderID is repeated (protocols.md §1, createorder).</summary>
    private static IReadOnlyList<string> Content(string productId, Money money, string currency, string userId, string? channel) =>
        [productId, money.ToString(), Currency.Canonical(currency), userId, channel ?? ""];

    private static IReadOnlyList<string> ContentOf(Order order) =>
        Content(order.ProductId, order.Money, order.Currency, order.UserId, order.Channel);

    private static OrderId ReadOrderId(FieldReader fields)
    {
        var text = fields.Required("platorderid", TextCharactersMax);
        if (!OrderId.TryParse(text, out var id))
        {
            fields.Refuse("platorderid", $"must be 1 to {OrderId.LengthMax} digits");
        }
        return id;
    }

    private static Receipt? ReadReceipt(ParameterSet parameters, FieldReader fields)
    {
        if (!parameters.TryGet(OrderApiSigning.ReceiptField, out var bytes) || bytes.IsEmpty)
        {
            fields.Refuse(OrderApiSigning.ReceiptField, "is missing");
            return null;
        }
        if (!ParameterSet.IsText(bytes.Span))
        {
            fields.Refuse(OrderApiSigning.ReceiptField, "must be UTF-8 text without NUL");
            return null;
        }
        if (!Receipt.TryParse(bytes, out var receipt, out var fault))
        {
            fields.Refuse(OrderApiSigning.ReceiptField, fault);
        }
        return receipt;
    }

    private static Task FailAsync(HttpContext context, string message) => OrderApiJson.RefuseAsync(context, OrderApiJson.Failed, message);

    private static Task RefuseAsync(HttpContext context, string message, int status) =>
        OrderApiJson.RefuseAsync(context, OrderApiJson.Failed, message, status);

    /// <summary>Without a good sign every order number gets one response, whether its order, or its game, exists or not. A text that is no
    /// order number names nothing, and may be refused as such.</summary>
    private Task NotAcceptedAsync(HttpContext context, ParameterSet parameters, EndpointRules rules, FieldReader fields)
    {
        if (rules.MayOmitApp && !parameters.TryGet("gameid", out _))
        {
            ReadOrderId(fields);
            if (fields.Fault is { } malformed)
            {
                return FailAsync(context, malformed);
            }
        }
        authorization.CountFailure(context, OrderApiProtocol.ProtocolName, parameters.Text("gameid"));
        return OrderApiJson.RefuseAsync(context, OrderApiJson.NotAccepted, CallerAuthorization.NotAcceptedMessage);
    }
}
