using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.OrderApi;

/// <summary>OrderApi's four endpoints (protocols.md §1). Judged in this order: app and sign (1), the form of <c>time</c> (3), its window (2), fields (3),
/// work (3).</summary>
internal sealed class Endpoints(Admission admission, OrderBook orders, PayDesk desk, TimeProvider clock)
{
    private const int BodyBytesMax = 1024 * 1024;
    private const int ReceiptBodyBytesMax = 2 * 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;

    /// <summary>OrderCheck's orders are made here too (protocols.md §3, last line).</summary>
    private static readonly string[] Protocols = ["OrderApi", "OrderCheck"];

    /// <summary>Stored and given back as they came, beside the fields that every order has.</summary>
    private static readonly string[] AttributeFields =
        ["gamename", "roleID", "roleName", "serverID", "serverName", "username", "roleLevel", "packagename"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<Endpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/ordercenter").ExcludeFromDescription()
            .WithMetadata((Refusal)RefuseForNowAsync);
        group.MapMethods("/createorder", ["GET", "POST"], endpoints.CreateOrderAsync);
        group.MapMethods("/valiorder", ["GET", "POST"], endpoints.ValiOrderAsync);
        group.MapMethods("/sendproduct", ["GET", "POST"], endpoints.SendProductAsync);
        group.MapMethods("/queryorder", ["GET", "POST"], endpoints.QueryOrderAsync);
    }

    private Task CreateOrderAsync(HttpContext context) => ServeAsync(context, BodyBytesMax, async parameters =>
    {
        if (FindApp(context, parameters, parameters.Text("gameid"), withoutReceipt: false) is not { } app)
        {
            return await NotAcceptedAsync(context);
        }
        var fields = new FieldReader(parameters);
        var order = ReadOrder(fields);
        if (order is null)
        {
            return await FailAsync(context, fields.Fault!);
        }
        return await orders.CreateAsync(app, order, context.RequestAborted) switch
        {
            CreateOutcome.Created created => await StartAsync(context, app, created.OrderId, order.Channel),
            CreateOutcome.Repeated repeated => await StartAsync(context, app, repeated.OrderId, order.Channel),
            _ => await FailAsync(context, "orderID was used before with other content"),
        };
    });

    /// <summary>The order's number; where its payment begins with us also <c>pay</c>, what the client hands to the platform's SDK (contract.md, "Channels"). A
    /// platform that does not answer leaves it out: the order is there, and the same create asks again.</summary>
    private async Task<bool> StartAsync(HttpContext context, App app, OrderId id, string? channel)
    {
        var pay = desk.Takes(app, channel) && await orders.FindAsync(id, context.RequestAborted) is { Order: var order } && order.State == OrderState.New
            && await desk.StartAsync(app, order, context.RequestAborted) is PayStart.Ready ready
            ? ready.Pay
            : (JsonElement?)null;
        await Json.SucceedAsync(context, id, pay: pay);
        return true;
    }

    private Task ValiOrderAsync(HttpContext context) => ServeAsync(context, ReceiptBodyBytesMax, async parameters =>
    {
        if (FindApp(context, parameters, parameters.Text("gameid"), withoutReceipt: true) is not { } app)
        {
            return await NotAcceptedAsync(context);
        }
        var fields = new FieldReader(parameters);
        if (TimeWindow.Judge(fields, "time", app, clock) is { } timeFault)
        {
            return await RefuseAsync(context, timeFault.IsWindow ? Json.OutOfTime : Json.Failed, timeFault.Message);
        }
        var id = ReadOrderId(fields);
        var merchantOrderId = fields.Optional("orderID", TextCharactersMax);
        var receipt = ReadReceipt(parameters, fields);
        if (fields.Fault is { } fault)
        {
            return await FailAsync(context, fault);
        }
        var lateKey = merchantOrderId.Length == 0 ? null : new LateKey(merchantOrderId, ContentOf);
        return await orders.SettleAsync(app, id, receipt!, lateKey, context.RequestAborted) switch
        {
            SettleOutcome.Paid or SettleOutcome.AlreadyPaid => await SucceedAsync(context, id),
            SettleOutcome.NotFound => await FailAsync(context, "order not found"),
            SettleOutcome.Held held => await FailAsync(context, $"held for review: {held.Reason}"),
            SettleOutcome.TryLater later => await FailAsync(context, $"not known yet, try again: {later.Reason}"),
            SettleOutcome.Refused refused => await FailAsync(context, refused.Reason),
            var other => throw new InvalidOperationException($"unknown outcome {other}"),
        };
    });

    private Task SendProductAsync(HttpContext context) => ServeAsync(context, BodyBytesMax, async parameters =>
    {
        var fields = new FieldReader(parameters);
        var (app, id) = await FindOwnerAsync(context, parameters);
        if (app is null)
        {
            // "Not found" is said without a signature only of what no app of ours could have given away: for any other number the answer must be the
            // same whether the order exists or not.
            if (id is { } unknown)
            {
                return admission.IsOurs(unknown) ? await NotAcceptedAsync(context) : await FailAsync(context, "order not found");
            }
            ReadOrderId(fields);
            return parameters.TryGet("gameid", out _) ? await NotAcceptedAsync(context) : await FailAsync(context, fields.Fault!);
        }
        if (TimeWindow.Judge(fields, "time", app, clock) is { } timeFault)
        {
            return await RefuseAsync(context, timeFault.IsWindow ? Json.OutOfTime : Json.Failed, timeFault.Message);
        }
        var orderId = ReadOrderId(fields);
        if (fields.Fault is { } fault)
        {
            return await FailAsync(context, fault);
        }
        return await orders.DeliverAsync(app, orderId, context.RequestAborted) switch
        {
            DeliverOutcome.First => await SucceedAsync(context, orderId),
            DeliverOutcome.Repeated => await SucceedAsync(context, orderId, duplicate: true),
            DeliverOutcome.NotFound => await FailAsync(context, "order not found"),
            DeliverOutcome.Unpaid => await FailAsync(context, "the order is not paid"),
            DeliverOutcome.Refunded => await FailAsync(context, "the order was refunded"),
            _ => await FailAsync(context, "the order is held for review"),
        };
    });

    private Task QueryOrderAsync(HttpContext context) => ServeAsync(context, BodyBytesMax, async parameters =>
    {
        if (FindApp(context, parameters, parameters.Text("gameid"), withoutReceipt: false) is not { } app)
        {
            return await NotAcceptedAsync(context);
        }
        var fields = new FieldReader(parameters);
        if (TimeWindow.Judge(fields, "time", app, clock) is { } timeFault)
        {
            return await RefuseAsync(context, timeFault.IsWindow ? Json.OutOfTime : Json.Failed, timeFault.Message);
        }
        var id = ReadOrderId(fields);
        if (fields.Fault is { } fault)
        {
            return await FailAsync(context, fault);
        }
        if (await orders.FindAsync(id, context.RequestAborted) is not { } row || row.Order.GameId != app.GameId)
        {
            return await FailAsync(context, "order not found");
        }
        await Json.SucceedAsync(context, row.Order);
        return true;
    });

    /// <summary>Reads the parameters, and gives a passing fault of the store the envelope too.</summary>
    private static async Task ServeAsync(HttpContext context, int bodyBytesMax, Func<ParameterSet, Task<bool>> serve)
    {
        var (parameters, status, fault) = await RequestParameters.ReadAsync(context, bodyBytesMax);
        if (parameters is null)
        {
            await Json.RefuseAsync(context, Json.Failed, fault, status);
            return;
        }
        await Passing.ServeAsync(context, parameters, serve, RefuseForNowAsync);
    }

    private App? FindApp(HttpContext context, ParameterSet parameters, string? gameId, bool withoutReceipt) =>
        admission.Find(context, gameId, Protocols) is { } app && IsSigned(parameters, app, withoutReceipt) ? admission.Taken(app) : null;

    /// <summary>sendproduct names no app: it is the order's. Where the order is unknown, the app whose number its id begins with must have signed.</summary>
    private async Task<(App? App, OrderId? Id)> FindOwnerAsync(HttpContext context, ParameterSet parameters)
    {
        if (!OrderId.TryParse(parameters.Text("platorderid"), out var id))
        {
            // Nothing names an app but gameid, where it was sent.
            return (FindApp(context, parameters, parameters.Text("gameid"), withoutReceipt: false), null);
        }
        if (parameters.Text("gameid") is { Length: > 0 } gameId)
        {
            return (FindApp(context, parameters, gameId, withoutReceipt: false), null);
        }
        if (await orders.FindAsync(id, context.RequestAborted) is { Order: var order })
        {
            return (admission.Find(context, order.GameId, Protocols) is { } owner && IsSigned(parameters, owner, withoutReceipt: false) ? admission.Taken(owner) : null, id);
        }
        var signer = admission.CouldOwn(context, id, Protocols).FirstOrDefault(candidate => IsSigned(parameters, candidate, withoutReceipt: false));
        return (signer is null ? null : admission.Taken(signer), id);
    }

    private bool IsSigned(ParameterSet parameters, App app, bool withoutReceipt) =>
        Signing.IsSigned(parameters, app, withoutReceipt, clock.GetUtcNow().ToUnixTimeMilliseconds());

    private static NewOrder? ReadOrder(FieldReader fields)
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
        if (!ChannelNumbers.TryParse(fields.Optional("pay_channel", TextCharactersMax), out var channel))
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

    private static IReadOnlyList<string> ContentOf(Order order) => Content(order.ProductId, order.Money, order.Currency, order.UserId, order.Channel);

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
        if (!parameters.TryGet(Signing.ReceiptField, out var bytes) || bytes.IsEmpty)
        {
            fields.Refuse(Signing.ReceiptField, "is missing");
            return null;
        }
        if (!ParameterSet.IsText(bytes.Span))
        {
            fields.Refuse(Signing.ReceiptField, "must be UTF-8 text without NUL");
            return null;
        }
        if (!Receipt.TryParse(bytes, out var receipt, out var fault))
        {
            fields.Refuse(Signing.ReceiptField, fault);
        }
        return receipt;
    }

    private static async Task<bool> SucceedAsync(HttpContext context, OrderId id, bool duplicate = false)
    {
        await Json.SucceedAsync(context, id, duplicate);
        return true;
    }

    private static Task<bool> FailAsync(HttpContext context, string message) => RefuseAsync(context, Json.Failed, message);

    private static Task RefuseForNowAsync(HttpContext context, string message, int status) => Json.RefuseAsync(context, Json.Failed, message, status);

    private static Task<bool> NotAcceptedAsync(HttpContext context) => RefuseAsync(context, Json.NotAccepted, Admission.NotAcceptedMessage);

    private static async Task<bool> RefuseAsync(HttpContext context, int code, string message)
    {
        await Json.RefuseAsync(context, code, message);
        return false;
    }
}
