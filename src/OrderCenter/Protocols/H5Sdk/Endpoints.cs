using OrderCenter.Accounts;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's login check and orders (protocols.md §2). An order is judged thus: app and sign (102), fields (100), openId (101), the codeNo's content
/// (201), the way to pay (202), the points (203).</summary>
internal sealed class Endpoints(Admission admission, OrderBook orders, Users users, PayDesk desk, TimeProvider clock)
{
    private const int BodyBytesMax = 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;
    private const int ExtCharactersMax = 1024;

    /// <summary>Amounts are yuan; the protocol names no currency.</summary>
    private const string Yuan = "CNY";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<Endpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/cp").ExcludeFromDescription()
            .WithMetadata((Refusal)RefuseForNowAsync);
        group.MapPost("/getUserByOpenId", (RequestDelegate)endpoints.GetUserAsync);
        group.MapPost("/createOrder", (RequestDelegate)endpoints.CreateOrderAsync);
    }

    private Task GetUserAsync(HttpContext context) => ServeAsync(context, async parameters =>
    {
        var fields = new FieldReader(parameters);
        var openId = ReadOpenId(fields);
        if (fields.Fault is { } fault)
        {
            await Json.RefuseAsync(context, Json.Malformed, fault);
        }
        else if (await users.FindLoginAsync(openId, context.RequestAborted) is not { } login)
        {
            await UnknownOpenIdAsync(context);
        }
        else if (admission.Find(context, login.GameId, H5SdkProtocol.ProtocolName) is not { } app)
        {
            await Json.RefuseAsync(context, Json.NotAccepted, Admission.NotAcceptedMessage);
        }
        else
        {
            await Json.SucceedAsync(context, admission.Taken(app), login);
        }
    });

    private Task CreateOrderAsync(HttpContext context) => ServeAsync(context, async parameters =>
    {
        if (admission.Find(context, parameters.Text("gameId"), H5SdkProtocol.ProtocolName) is not { } app
            || !Signing.IsSigned(parameters, app, clock.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            await Json.RefuseAsync(context, Json.NotAccepted, Admission.NotAcceptedMessage);
            return;
        }
        admission.Taken(app);
        var fields = new FieldReader(parameters);
        var asked = ReadOrder(fields);
        if (fields.Fault is { } fault)
        {
            await Json.RefuseAsync(context, Json.Malformed, fault);
        }
        else if (await users.FindLoginAsync(asked.OpenId, context.RequestAborted) is not { } login || login.GameId != app.GameId)
        {
            await UnknownOpenIdAsync(context);
        }
        else
        {
            var order = ToNewOrder(asked, login.User);
            await (order.Channel == PayWays.Points ? SpendAsync(context, app, order) : StartAsync(context, app, order));
        }
    });

    /// <summary>Points: debited and paid at once, or nothing is recorded.</summary>
    private async Task SpendAsync(HttpContext context, App app, NewOrder asked)
    {
        var outcome = await orders.CreatePaidAsync(
            app,
            asked,
            (transaction, order) => PointsLedger.DebitAsync(transaction, order.UserId, order.GameId, order.Money, PointsLedger.ChargeKey(order.Id.Value), $"order {order.Id}", order.CreatedMs),
            context.RequestAborted);
        switch (outcome)
        {
            case CreatePaidOutcome.Paid { Order: var paid }:
                await Json.SucceedAsync(context, paid.Id, paid.State);
                break;
            case CreatePaidOutcome.Repeated { OrderId: var id }:
                await Json.SucceedAsync(context, id, (await orders.FindAsync(id, context.RequestAborted))!.Order.State);
                break;
            case CreatePaidOutcome.Different:
                await DifferentAsync(context);
                break;
            default:
                await Json.RefuseAsync(context, Json.Insufficient, "the points do not suffice");
                break;
        }
    }

    /// <summary>A payment platform: the order is recorded unpaid, and the platform's channel says what the client needs to pay it.</summary>
    private async Task StartAsync(HttpContext context, App app, NewOrder asked)
    {
        var takes = desk.Takes(app, asked.Channel);
        var outcome = takes ? await orders.CreateAsync(app, asked, context.RequestAborted) : await orders.FindCreatedAsync(app, asked, context.RequestAborted);
        OrderId? created = outcome switch
        {
            CreateOutcome.Created { OrderId: var first } => first,
            CreateOutcome.Repeated { OrderId: var first } => first,
            _ => null,
        };
        if (outcome is CreateOutcome.Different)
        {
            await DifferentAsync(context);
            return;
        }
        if (created is not { } id)
        {
            await NotConfiguredAsync(context, asked);
            return;
        }
        var order = (await orders.FindAsync(id, context.RequestAborted))!.Order;
        if (order.State != OrderState.New)
        {
            await Json.SucceedAsync(context, id, order.State);
        }
        else if (!takes)
        {
            await NotConfiguredAsync(context, asked);
        }
        else
        {
            await (await desk.StartAsync(app, order, context.RequestAborted) switch
            {
                PayStart.Ready ready => Json.SucceedAsync(context, id, ready.Pay),
                PayStart.TryLater later => Json.RefuseAsync(context, Json.Passing, $"try again: {later.Reason}"),
                PayStart.Refused refused => Json.RefuseAsync(context, Json.Malformed, refused.Reason),
                PayStart.NotConfigured refused => Json.RefuseAsync(context, Json.NotConfigured, refused.Reason),
                var other => throw new InvalidOperationException($"unknown answer {other}"),
            });
        }
    }

    /// <summary>Reads the parameters, and gives a passing fault of the store the envelope too.</summary>
    private static async Task ServeAsync(HttpContext context, Func<ParameterSet, Task> serve)
    {
        var (parameters, status, fault) = await RequestParameters.ReadAsync(context, BodyBytesMax);
        if (parameters is null)
        {
            await Json.RefuseAsync(context, Json.Malformed, fault, status);
            return;
        }
        await Passing.ServeAsync(context, parameters, serve, RefuseForNowAsync);
    }

    private static Asked ReadOrder(FieldReader fields)
    {
        var codeNo = fields.Required("codeNo", TextCharactersMax);
        var openId = ReadOpenId(fields);
        var amountText = fields.Required("amount", TextCharactersMax);
        if (!Money.TryParse(amountText, out var amount) || amount == Money.Zero)
        {
            fields.Refuse("amount", $"must be greater than 0: {Money.Form}");
        }
        var productId = fields.Required("productId", IdCharactersMax);
        var productName = fields.Optional("productName", TextCharactersMax);
        var ext = fields.Optional("ext", ExtCharactersMax);
        var notifyUrl = fields.Required("notifyUrl", AppDocument.UrlMax);
        if (!AppDocument.IsHttpUrl(notifyUrl))
        {
            fields.Refuse("notifyUrl", $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
        }
        var payWay = fields.Required("payWay", TextCharactersMax);
        if (PayWays.ChannelOf(payWay) is null)
        {
            fields.Refuse("payWay", $"must be {PayWays.Form}");
        }
        return new Asked(codeNo, openId, amount, productId, productName, ext, notifyUrl, payWay);
    }

    private static OpenId ReadOpenId(FieldReader fields)
    {
        if (!OpenId.TryParse(fields.Required("openId", TextCharactersMax), out var openId))
        {
            fields.Refuse("openId", $"must be {OpenId.Form}");
        }
        return openId;
    }

    private static NewOrder ToNewOrder(Asked asked, User user)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { [Attributes.OpenId] = asked.OpenId.Value, [Attributes.PayWay] = asked.PayWay };
        if (asked.Ext.Length > 0)
        {
            attributes.Add(Attributes.Ext, asked.Ext);
        }
        return new NewOrder
        {
            ProductId = asked.ProductId,
            ProductName = asked.ProductName,
            Money = asked.Amount,
            Currency = Yuan,
            UserId = user.Uid,
            MerchantOrderId = asked.CodeNo,
            Channel = PayWays.ChannelOf(asked.PayWay),
            NotifyUrl = asked.NotifyUrl,
            Attributes = attributes,
            Content = [asked.OpenId.Value, asked.Amount.ToString(), asked.ProductId, asked.PayWay],
        };
    }

    private static Task UnknownOpenIdAsync(HttpContext context) => Json.RefuseAsync(context, Json.UnknownOpenId, "the openId is unknown");

    private static Task DifferentAsync(HttpContext context) => Json.RefuseAsync(context, Json.Different, "codeNo was used before with other content");

    private static Task NotConfiguredAsync(HttpContext context, NewOrder asked) =>
        Json.RefuseAsync(context, Json.NotConfigured, $"the app has no channel {asked.Channel} to pay by");

    private static Task RefuseForNowAsync(HttpContext context, string message, int status) => Json.RefuseAsync(context, Json.Passing, message, status);

    /// <summary>The fields of an order as they were sent.</summary>
    private sealed record Asked(string CodeNo, OpenId OpenId, Money Amount, string ProductId, string ProductName, string Ext, string NotifyUrl, string PayWay);
}
