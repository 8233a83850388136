using OrderCenter.Accounts;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.ProviderSync;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's login check and orders (protocols.md §2). An order is checked in this order: app and sign (102), fields (100), openId
/// (101), the codeNo's content (201), the way to pay (202), the points (203).</summary>
internal sealed class H5SdkEndpoints(
    CallerAuthorization authorization, OrderQueries orders, OrderCreation creation, Users users, PaymentInitiation initiation,
    OrderMetrics metrics,
    TimeProvider clock)
{
    private const int BodyBytesMax = 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;
    private const int ExtCharactersMax = 1024;

    /// <summary>Amounts are yuan; the protocol names no currency.</summary>
    private const string Yuan = "CNY";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<H5SdkEndpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/cp").ExcludeFromDescription().WithMetadata((ErrorResponder)RefuseAsync);
        group.MapPost(
            "/getUserByOpenId",
            (RequestDelegate)(context => ServeAsync(context, parameters => endpoints.GetUserAsync(context, parameters))));
        group.MapPost(
            "/createOrder",
            (RequestDelegate)(context => ServeAsync(context, parameters => endpoints.CreateOrderAsync(context, parameters))));
    }

    private static Task ServeAsync(HttpContext context, Func<ParameterSet, Task> serve) =>
        ProtocolRequest.ServeAsync(context, RequestParameters.ReadAsync(context, BodyBytesMax), serve, RefuseAsync);

    private async Task GetUserAsync(HttpContext context, ParameterSet parameters)
    {
        var fields = new FieldReader(parameters);
        var openId = ReadOpenId(fields);
        if (fields.Fault is { } fault)
        {
            await H5SdkJson.RefuseAsync(context, H5SdkJson.Malformed, fault);
        }
        else if (await users.FindLoginAsync(openId, context.RequestAborted) is not { } login)
        {
            await UnknownOpenIdAsync(context);
        }
        else if (authorization.Find(context, login.GameId, H5SdkProtocol.ProtocolName) is not { } app)
        {
            await NotAcceptedAsync(context, login.GameId.ToString());
        }
        else
        {
            await H5SdkJson.SucceedAsync(context, authorization.ConsumeRequest(context, app), login);
        }
    }

    private async Task CreateOrderAsync(HttpContext context, ParameterSet parameters)
    {
        if (authorization.Find(context, parameters.Text("gameId"), H5SdkProtocol.ProtocolName) is not { } app
            || !H5SdkSigning.IsSigned(parameters, app, clock.NowMs()))
        {
            await NotAcceptedAsync(context, parameters.Text("gameId"));
            return;
        }
        authorization.ConsumeRequest(context, app);
        var fields = new FieldReader(parameters);
        if (!H5SdkSigning.Text.Check(parameters, fields, app.StrictValues, H5SdkSigning.Unsigned))
        {
            metrics.CountAmbiguousSignature(H5SdkProtocol.ProtocolName);
        }
        var request = ReadOrder(fields);
        if (fields.Fault is { } fault)
        {
            await H5SdkJson.RefuseAsync(context, H5SdkJson.Malformed, fault);
        }
        else if (await users.FindLoginAsync(request.OpenId, context.RequestAborted) is not { } login || login.GameId != app.GameId)
        {
            await UnknownOpenIdAsync(context);
        }
        else
        {
            var order = ToNewOrder(request, login.User);
            await (order.Channel == PayWays.Points ? PayWithPointsAsync(context, app, order) : StartPaymentAsync(context, app, order));
        }
    }

    /// <summary>Points: debited and paid at once, or nothing is recorded.</summary>
    private async Task PayWithPointsAsync(HttpContext context, App app, NewOrder order)
    {
        var outcome = await creation.CreatePaidAsync(
            app,
            order,
            (transaction, created) => PointsLedger.DebitAsync(
                transaction, created.UserId, created.GameId, created.Money, PointsLedger.ChargeKey(created.Id.Value), $"order {created.Id}",
                created.CreatedMs),
            context.RequestAborted);
        switch (outcome)
        {
            case CreatePaidOutcome.Paid { Order: var paid }:
                await H5SdkJson.SucceedAsync(context, paid.Id, paid.State);
                break;
            case CreatePaidOutcome.Repeated { OrderId: var id }:
                await H5SdkJson.SucceedAsync(context, id, (await orders.FindAsync(id, context.RequestAborted))!.Order.State);
                break;
            case CreatePaidOutcome.Conflict:
                await DifferentAsync(context);
                break;
            case CreatePaidOutcome.Refused { Reason: var reason }:
                await H5SdkJson.RefuseAsync(context, H5SdkJson.Malformed, reason);
                break;
            default:
                await H5SdkJson.RefuseAsync(context, H5SdkJson.Insufficient, "the points do not suffice");
                break;
        }
    }

    /// <summary>A payment platform: the order is recorded unpaid, and the platform's channel says what the client needs to pay
    /// it.</summary>
    private async Task StartPaymentAsync(HttpContext context, App app, NewOrder newOrder)
    {
        var canStart = initiation.CanStart(app, newOrder.Channel);
        var outcome = canStart
            ? await creation.CreateAsync(app, newOrder, context.RequestAborted)
            : await creation.FindCreatedAsync(app, newOrder, context.RequestAborted);
        OrderId? created = outcome switch
        {
            CreateOutcome.Created { OrderId: var first } => first,
            CreateOutcome.Repeated { OrderId: var first } => first,
            _ => null,
        };
        if (outcome is CreateOutcome.Conflict)
        {
            await DifferentAsync(context);
            return;
        }
        if (outcome is CreateOutcome.Refused { Reason: var reason })
        {
            await H5SdkJson.RefuseAsync(context, H5SdkJson.Malformed, reason);
            return;
        }
        if (created is not { } id)
        {
            await NotConfiguredAsync(context, newOrder);
            return;
        }
        var order = (await orders.FindAsync(id, context.RequestAborted))!.Order;
        if (order.State != OrderState.New)
        {
            await H5SdkJson.SucceedAsync(context, id, order.State);
        }
        else if (!canStart)
        {
            await NotConfiguredAsync(context, newOrder);
        }
        else
        {
            await (await initiation.StartAsync(app, order, context.RequestAborted) switch
            {
                InitiationResult.Ready ready => H5SdkJson.SucceedAsync(context, id, ready.Pay),
                InitiationResult.TryLater later => H5SdkJson.RefuseAsync(context, H5SdkJson.TryAgain, $"try again: {later.Reason}"),
                InitiationResult.Refused refused => H5SdkJson.RefuseAsync(context, H5SdkJson.Malformed, refused.Reason),
                InitiationResult.NotConfigured refused => H5SdkJson.RefuseAsync(context, H5SdkJson.NotConfigured, refused.Reason),
                var other => throw new InvalidOperationException($"unknown result {other}"),
            });
        }
    }

    private static OrderRequest ReadOrder(FieldReader fields)
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
        return new OrderRequest(codeNo, openId, amount, productId, productName, ext, notifyUrl, payWay);
    }

    private static OpenId ReadOpenId(FieldReader fields)
    {
        if (!OpenId.TryParse(fields.Required("openId", TextCharactersMax), out var openId))
        {
            fields.Refuse("openId", $"must be {OpenId.Form}");
        }
        return openId;
    }

    private static NewOrder ToNewOrder(OrderRequest request, User user)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [H5SdkAttributes.OpenId] = request.OpenId.Value, [H5SdkAttributes.PayWay] = request.PayWay,
        };
        if (request.Ext.Length > 0)
        {
            attributes.Add(H5SdkAttributes.Ext, request.Ext);
        }
        return new NewOrder
        {
            ProductId = request.ProductId,
            ProductName = request.ProductName,
            Money = request.Amount,
            Currency = Yuan,
            UserId = user.Uid,
            MerchantOrderId = request.CodeNo,
            Channel = PayWays.ChannelOf(request.PayWay),
            NotifyUrl = request.NotifyUrl,
            Attributes = attributes,
            Content = [request.OpenId.Value, request.Amount.ToString(), request.ProductId, request.PayWay],
        };
    }

    private static Task UnknownOpenIdAsync(HttpContext context) =>
        H5SdkJson.RefuseAsync(context, H5SdkJson.UnknownOpenId, "the openId is unknown");

    private static Task DifferentAsync(HttpContext context) =>
        H5SdkJson.RefuseAsync(context, H5SdkJson.Different, "codeNo was used before with other content");

    private static Task NotConfiguredAsync(HttpContext context, NewOrder order) =>
        H5SdkJson.RefuseAsync(context, H5SdkJson.NotConfigured, $"the app has no channel {order.Channel} to pay by");

    private Task NotAcceptedAsync(HttpContext context, string? gameId)
    {
        authorization.CountFailure(context, H5SdkProtocol.ProtocolName, gameId);
        return H5SdkJson.RefuseAsync(context, H5SdkJson.NotAccepted, CallerAuthorization.NotAcceptedMessage);
    }

    private static Task RefuseAsync(HttpContext context, string message, int status) => H5SdkJson.RefuseAsync(
        context,
        status is StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError
            ? H5SdkJson.TryAgain
            : H5SdkJson.Malformed, message, status);

    /// <summary>The fields of an order as they were sent.</summary>
    private sealed record OrderRequest(
        string CodeNo, OpenId OpenId, Money Amount, string ProductId, string ProductName, string Ext, string NotifyUrl, string PayWay);
}
