using System.Buffers;
using Microsoft.Net.Http.Headers;
using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's two endpoints (protocols.md §4). Judged in this order: app and sign (1), the form of <c>timestamp</c> (3), its window (2), fields
/// (3), work (4, 5). An answer carries the sign of its <c>result</c>, also of the empty one of a refusal; where the caller was not recognised (1), or the
/// request never reached the protocol, <c>sign</c> is empty: nothing is signed for strangers.</summary>
internal sealed class Endpoints(Admission admission, OrderBook orders, CardInventory cards, TimeProvider clock)
{
    /// <summary>Where an order keeps whom a direct recharge is for; missing: the order buys cards.</summary>
    public const string AccountField = "charge_account";

    private const int BodyBytesMax = 1024 * 1024;
    private const int IdCharactersMax = 128;
    private const int TextCharactersMax = 256;
    private const int QuantityMax = CardInventory.IssueMax;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<Endpoints>(routes.ServiceProvider);
        var group = routes.MapGroup("/cardrecharge").ExcludeFromDescription()
            .WithMetadata((Refusal)RefuseForNowAsync);
        group.MapPost("/order", endpoints.OrderAsync);
        group.MapPost("/query", endpoints.QueryAsync);
    }

    private Task OrderAsync(HttpContext context) => ServeAsync(context, async request =>
    {
        if (FindApp(context, request) is not { } app)
        {
            return await NotAcceptedAsync(context);
        }
        var fields = new FieldReader(request.Fields);
        if (TimeWindow.Judge(fields, "timestamp", app, clock) is { } timeFault)
        {
            return await RefuseAsync(context, app, timeFault.IsWindow ? Json.OutOfTime : Json.Failed, timeFault.Message);
        }
        var asked = ReadOrder(fields);
        if (asked is null)
        {
            return await RefuseAsync(context, app, Json.Failed, fields.Fault!);
        }
        return await orders.CreateAsync(app, asked, context.RequestAborted) switch
        {
            CreateOutcome.Created created => await SucceedAsync(context, app, Json.Result(created.OrderId, asked.MerchantOrderId!, Progress.Created, [])),
            CreateOutcome.Repeated repeated => await ShowAsync(context, app, await orders.FindAsync(repeated.OrderId, context.RequestAborted)),
            _ => await RefuseAsync(context, app, Json.Different, "customer_order_no was used before with other content"),
        };
    });

    private Task QueryAsync(HttpContext context) => ServeAsync(context, async request =>
    {
        if (FindApp(context, request) is not { } app)
        {
            return await NotAcceptedAsync(context);
        }
        var fields = new FieldReader(request.Fields);
        if (TimeWindow.Judge(fields, "timestamp", app, clock) is { } timeFault)
        {
            return await RefuseAsync(context, app, timeFault.IsWindow ? Json.OutOfTime : Json.Failed, timeFault.Message);
        }
        var orderNo = fields.Optional("orderno", TextCharactersMax);
        var customerOrderNo = fields.Optional("customer_order_no", TextCharactersMax);
        if (orderNo.Length == 0 && customerOrderNo.Length == 0)
        {
            fields.Refuse("orderno", "or customer_order_no must be given");
        }
        if (fields.Fault is { } fault)
        {
            return await RefuseAsync(context, app, Json.Failed, fault);
        }
        return await ShowAsync(context, app, await FindAsync(app, orderNo, customerOrderNo, context.RequestAborted));
    });

    /// <summary>Reads the body, and gives a passing fault of the store the envelope too.</summary>
    private static async Task ServeAsync(HttpContext context, Func<Request, Task<bool>> serve)
    {
        var (request, status, fault) = await ReadAsync(context);
        if (request is null)
        {
            await Json.AnswerAsync(context, Json.Failed, fault, result: "", sign: "", status);
            return;
        }
        await Passing.ServeAsync(context, request, serve, RefuseForNowAsync);
    }

    private static Task RefuseForNowAsync(HttpContext context, string message, int status) => Json.AnswerAsync(context, Json.Failed, message, result: "", sign: "", status);

    private static async ValueTask<(Request? Request, int Status, string Fault)> ReadAsync(HttpContext context)
    {
        var (buffer, length, status) = await RequestParameters.ReadBytesAsync(context, BodyBytesMax);
        if (buffer is null)
        {
            return (null, status, status == StatusCodes.Status413PayloadTooLarge ? $"the body is larger than {BodyBytesMax} bytes" : "the body could not be read");
        }
        try
        {
            if (!IsJson(context.Request.ContentType))
            {
                return (null, StatusCodes.Status415UnsupportedMediaType, "the content type must be application/json, in UTF-8");
            }
            return Json.TryRead(buffer.AsSpan(0, length), out var request, out var fault) ? (request, StatusCodes.Status200OK, "") : (null, StatusCodes.Status200OK, fault);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Charset).Value?.ToLowerInvariant() is null or "" or "utf-8" or "utf8" or "us-ascii";

    private App? FindApp(HttpContext context, Request request)
    {
        if (admission.Find(context, request.Fields.Text("gameid"), CardRechargeProtocol.ProtocolName) is not { } app
            || !Signing.IsSigned(request, app, clock.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            return null;
        }
        return admission.Taken(app);
    }

    /// <summary>The order by our number, by the merchant's, or by both, which must then name the same one. Another app's order is not found.</summary>
    private async Task<OrderRow?> FindAsync(App app, string orderNo, string customerOrderNo, CancellationToken cancellationToken)
    {
        if (orderNo.Length == 0)
        {
            return await orders.FindAsync(app, customerOrderNo, cancellationToken);
        }
        return OrderId.TryParse(orderNo, out var id) && await orders.FindAsync(id, cancellationToken) is { } row && row.Order.GameId == app.GameId
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
            Attributes = account.Length == 0 ? Order.EmptyAttributes : new Dictionary<string, string>(StringComparer.Ordinal) { [AccountField] = account },
            Content = [productId, quantityText, account, money.ToString(), Currency.Canonical(currency)],
        };
    }

    private static bool TryQuantity(string text, out int quantity)
    {
        quantity = 0;
        return text.Length is > 0 and <= 3 && text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && int.TryParse(text, out quantity) && quantity <= QuantityMax;
    }

    private async Task<bool> ShowAsync(HttpContext context, App app, OrderRow? row) => row is { Order: var order }
        ? await SucceedAsync(context, app, Json.Result(order.Id, order.MerchantOrderId ?? "", order.State.Progress, cards.Of(order)))
        : await RefuseAsync(context, app, Json.NotFound, "order not found");

    private async Task<bool> SucceedAsync(HttpContext context, App app, string result)
    {
        await Json.AnswerAsync(context, Json.Success, "success", result, Signing.Of(result, SecretOf(app)));
        return true;
    }

    private async Task<bool> RefuseAsync(HttpContext context, App app, int code, string message)
    {
        await Json.AnswerAsync(context, code, message, result: "", Signing.Of("", SecretOf(app)));
        return false;
    }

    private static async Task<bool> NotAcceptedAsync(HttpContext context)
    {
        await Json.AnswerAsync(context, Json.NotAccepted, Admission.NotAcceptedMessage, result: "", sign: "");
        return false;
    }

    private Secret? SecretOf(App app) => app.SigningSecret(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
