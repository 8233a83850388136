using System.Buffers;
using System.Text;
using Microsoft.Net.Http.Headers;
using OrderCenter.Apps;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refusals;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's two endpoints (protocols.md §4). Checked in this order: app, sign and the caller's proof (1), the form of
/// <c>timestamp</c> (3), its window (2), fields (3), work (4, 5). A response carries the sign of its <c>result</c>, also of the empty one
/// of a refusal; where the caller was not recognised (1), or the request never reached the protocol, <c>sign</c> is empty: nothing is
/// signed for strangers.</summary>
internal sealed class CardRechargeEndpoints(
    CallerAuthorization authorization, OrderQueries orders, OrderCreation creation, CardInventory cards, TimeProvider clock)
{
    /// <summary>Where an order keeps whom a direct recharge is for; missing: the order buys cards.</summary>
    public const string AccountField = OrderCards.AccountField;

    private const int BodyBytesMax = 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;
    private const int QuantityMax = CardInventory.IssueMax;

    private static readonly string[] OrderFields =
    [
        "gameid", "customer_order_no", "productid", "quantity", AccountField, "money", "currency", "callback_url", "timestamp",
        CardRechargeSigning.SignField,
    ];

    private static readonly string[] QueryFields = ["gameid", "orderno", "customer_order_no", "timestamp", CardRechargeSigning.SignField];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<CardRechargeEndpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/cardrecharge").ExcludeFromDescription().WithMetadata((ErrorResponder)RefuseAsync);
        group.MapPost("/order", (RequestDelegate)(context => endpoints.ServeAsync(context, OrderFields, endpoints.OrderAsync)));
        group.MapPost("/query", (RequestDelegate)(context => endpoints.ServeAsync(context, QueryFields, endpoints.QueryAsync)));
    }

    /// <summary>Checks what both endpoints check, then does the work of one.</summary>
    private Task ServeAsync(
        HttpContext context, string[] known, Func<HttpContext, App, CardRechargeRequest, FieldReader, Task> workAsync) =>
        ProtocolRequest.ServeAsync(context, ReadAsync(context), async request =>
        {
            if (Authorize(context, request, out var cause) is not { } app)
            {
                await NotAcceptedAsync(context, request, cause);
                return;
            }
            var fields = new FieldReader(request.Fields);
            if (TimeWindow.Check(fields, "timestamp", app, clock) is { } timeFault)
            {
                await RefuseAsync(
                    context, app, timeFault.IsWindow ? CardRechargeJson.OutOfTime : CardRechargeJson.Failed, timeFault.Message);
                return;
            }
            RefuseUnknown(request.Fields, known, fields);
            await workAsync(context, app, request, fields);
        }, RefuseAsync);

    private async Task OrderAsync(HttpContext context, App app, CardRechargeRequest request, FieldReader fields)
    {
        var order = ReadOrder(fields);
        if (order is null)
        {
            await RefuseAsync(context, app, CardRechargeJson.Failed, fields.Fault!);
            return;
        }
        await (
            await creation.CreateAsync(
                app, order with { Signature = CardRechargeSigning.SignatureOf(request) }, context.RequestAborted) switch
        {
            CreateOutcome.Created created =>
                SucceedAsync(context, app, CardRechargeJson.Result(created.OrderId, order.MerchantOrderId!, Progress.Created, [])),
            CreateOutcome.Repeated repeated => ShowAsync(context, app, await orders.FindAsync(repeated.OrderId, context.RequestAborted)),
            CreateOutcome.Refused refused => RefuseAsync(context, app, CardRechargeJson.Failed, refused.Reason),
            CreateOutcome.SignatureReused => NotAcceptedAsync(context, request, RefusalLog.SignatureReused),
            _ => RefuseAsync(context, app, CardRechargeJson.Different, "customer_order_no was used before with other content"),
        });
    }

    private async Task QueryAsync(HttpContext context, App app, CardRechargeRequest request, FieldReader fields)
    {
        var orderNo = fields.Optional("orderno", TextCharactersMax);
        var customerOrderNo = fields.Optional("customer_order_no", TextCharactersMax);
        if (orderNo.Length == 0 && customerOrderNo.Length == 0)
        {
            fields.Refuse("orderno", "or customer_order_no must be given");
        }
        if (fields.Fault is { } fault)
        {
            await RefuseAsync(context, app, CardRechargeJson.Failed, fault);
        }
        else if (await creation.IsSignatureUsedAsync(app, CardRechargeSigning.SignatureOf(request).Sign, context.RequestAborted))
        {
            // Somebody rearranged the characters of a message that placed an order.
            await NotAcceptedAsync(context, request, RefusalLog.SignatureReused);
        }
        else
        {
            await ShowAsync(context, app, await FindAsync(app, orderNo, customerOrderNo, context.RequestAborted));
        }
    }

    private static async ValueTask<ReadResult<CardRechargeRequest>> ReadAsync(HttpContext context)
    {
        var (buffer, length, status) = await RequestParameters.ReadBytesAsync(context, BodyBytesMax);
        if (buffer is null)
        {
            return new ReadResult<CardRechargeRequest>(null, status, RequestParameters.Fault(status, BodyBytesMax));
        }
        try
        {
            if (!IsJson(context.Request.ContentType))
            {
                return new ReadResult<CardRechargeRequest>(
                    null, StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json, in UTF-8");
            }
            if (!CardRechargeJson.TryRead(ByteOrderMark.Skip(buffer.AsSpan(0, length)), out var request, out var fault))
            {
                return new ReadResult<CardRechargeRequest>(fault);
            }
            var isWebhook = context.Request.Headers.ContainsKey(CallerProof.SignatureHeader);
            return new ReadResult<CardRechargeRequest>(isWebhook ? request with { Body = buffer.AsSpan(0, length).ToArray() } : request);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && RequestParameters.IsUtf8(type);

    /// <param name="context">The request.</param>
    /// <param name="request">What it says.</param>
    /// <param name="cause">Why there is no app; null: for one of the causes that every protocol has.</param>
    private App? Authorize(HttpContext context, CardRechargeRequest request, out string? cause)
    {
        cause = null;
        var now = clock.GetUtcNow();
        if (authorization.FindFromAnywhere(request.Fields.Text("gameid"), CardRechargeProtocol.ProtocolName) is not { } app
            || !CardRechargeSigning.IsSigned(request, app, now.ToUnixTimeMilliseconds()))
        {
            return null;
        }
        cause = RefusalLog.Proof;
        return CallerProof.IsGiven(context, app, request.Body, now) ? authorization.ConsumeRequest(context, app) : null;
    }

    /// <summary>A field that the endpoint does not know is refused: no characters of a rearranged message may end up where nobody reads
    /// them.</summary>
    private static void RefuseUnknown(ParameterSet given, string[] known, FieldReader fields)
    {
        foreach (var field in given.Sorted)
        {
            var name = Encoding.UTF8.GetString(field.Name.Span);
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                fields.Refuse(ParameterSet.Printable(field.Name), $"is not a field of this endpoint; allowed: {string.Join(", ", known)}");
                return;
            }
        }
    }

    /// <summary>The order by our number, by the merchant's, or by both, which must then name the same one. Another app's order is not
    /// found.</summary>
    private async Task<OrderRow?> FindAsync(App app, string orderNo, string customerOrderNo, CancellationToken cancellationToken)
    {
        if (orderNo.Length == 0)
        {
            return await orders.FindAsync(app, customerOrderNo, cancellationToken);
        }
        return OrderId.TryParse(orderNo, out var id) && await orders.FindAsync(id, cancellationToken) is { } row
            && row.Order.GameId == app.GameId
            && (customerOrderNo.Length == 0 || customerOrderNo == row.Order.MerchantOrderId)
            ? row
            : null;
    }

    private static NewOrder? ReadOrder(FieldReader fields)
    {
        var customerOrderNo = fields.Required("customer_order_no", TextCharactersMax);
        var productId = fields.Required("productid", IdCharactersMax);
        var quantityText = fields.Required("quantity", TextCharactersMax);
        if (!TryQuantity(quantityText, out var quantity))
        {
            fields.Refuse("quantity", $"must be 1 to {QuantityMax}");
        }
        var account = fields.Optional(AccountField, IdCharactersMax);
        if (!Money.TryParse(fields.Required("money", TextCharactersMax), out var money) || money == Money.Zero)
        {
            fields.Refuse("money", $"must be greater than 0: {Money.Form}");
        }
        var currency = fields.Required("currency", TextCharactersMax);
        if (!Currency.IsValid(currency))
        {
            fields.Refuse("currency", $"must be {Currency.Form}");
        }
        var callbackUrl = fields.Optional("callback_url", AppDocument.UrlMax);
        if (callbackUrl.Length > 0 && !AppDocument.IsHttpUrl(callbackUrl))
        {
            fields.Refuse("callback_url", $"must be an absolute http or https URL of at most {AppDocument.UrlMax} characters");
        }
        if (fields.Fault is not null)
        {
            return null;
        }
        return new NewOrder
        {
            ProductId = productId,
            Money = money,
            Currency = currency,
            UserId = account,
            Quantity = quantity,
            MerchantOrderId = customerOrderNo,
            NotifyUrl = callbackUrl.Length == 0 ? null : callbackUrl,
            NeverExpires = account.Length > 0,
            Attributes =
                account.Length == 0 ? Order.EmptyAttributes : new Dictionary<string,
                string>(StringComparer.Ordinal) { [AccountField] = account },
            Content = [productId, quantityText, account, money.ToString(), Currency.Canonical(currency)],
        };
    }

    private static bool TryQuantity(string text, out int quantity)
    {
        quantity = 0;
        return text.Length is > 0 and <= 3 && text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, out quantity) && quantity <= QuantityMax;
    }

    private Task ShowAsync(HttpContext context, App app, OrderRow? row) => row is { Order: var order }
        ? SucceedAsync(context, app, CardRechargeJson.Result(order.Id, order.MerchantOrderId ?? "", order.State.Progress, cards.Of(order)))
        : RefuseAsync(context, app, CardRechargeJson.NotFound, "order not found");

    private Task SucceedAsync(HttpContext context, App app, string result) =>
        CardRechargeJson.RespondAsync(context, CardRechargeJson.Success, "success", result, CardRechargeSigning.Of(result, SecretOf(app)));

    private Task RefuseAsync(HttpContext context, App app, int code, string message) =>
        CardRechargeJson.RespondAsync(context, code, message, result: "", CardRechargeSigning.Of("", SecretOf(app)));

    private static Task RefuseAsync(HttpContext context, string message, int status) =>
        CardRechargeJson.RespondAsync(context, CardRechargeJson.Failed, message, result: "", sign: "", status);

    private Task NotAcceptedAsync(HttpContext context, CardRechargeRequest request, string? cause)
    {
        authorization.CountFailure(context, CardRechargeProtocol.ProtocolName, request.Fields.Text("gameid"), cause);
        return CardRechargeJson.RespondAsync(
            context, CardRechargeJson.NotAccepted, CallerAuthorization.NotAcceptedMessage, result: "", sign: "");
    }

    private Secret? SecretOf(App app) => app.SigningSecret(clock.NowMs());
}
