using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrderCenter.Client;

/// <summary>Receives the order center's callbacks in ASP.NET Core.</summary>
public static class CallbackEndpoints
{
    private const int BodyBytesMax = 1 << 20;
    private const int DetailCharactersMax = 256;

    /// <summary>Maps one address a protocol: <c>pattern/orderapi</c> (Standard Webhooks), <c>pattern/h5sdk</c>, <c>pattern/ordercheck</c>,
    /// <c>pattern/cardrecharge</c>. Each verifies what came, refuses what is not right (400, 401, 413), hands the rest to the handler and answers as its
    /// protocol wants. The handler sees a callback again whenever an answer was lost, so it grants an order's goods in one transaction with the note that it
    /// did.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path before the protocol's name.</param>
    /// <param name="options">The secrets and what goes with them.</param>
    /// <param name="handler">Grants the goods and says whether they were granted now or before. What it throws is answered with 500 and comes again.</param>
    public static IEndpointConventionBuilder MapOrderCenterCallbacks(
        this IEndpointRouteBuilder endpoints, string pattern, CallbackOptions options, Func<OrderCallback, CancellationToken, Task<CallbackOutcome>> handler)
    {
        if (!options.Secrets.Any(secret => secret.Length > 0))
        {
            throw new ArgumentException("Secrets must name at least one secret", nameof(options));
        }
        var group = endpoints.MapGroup(pattern);
        foreach (var protocol in Enum.GetValues<CallbackProtocol>())
        {
            RequestDelegate receive = context => ReceiveAsync(context, protocol, options, handler);
            group.MapPost("/" + protocol.ToString().ToLowerInvariant(), receive);
        }
        return group;
    }

    /// <summary>1. the bytes, bounded; 2. the Standard Webhooks signature over them; 3. the protocol's fields and its own sign; 4. the handler; 5. the protocol's
    /// answer.</summary>
    private static async Task ReceiveAsync(
        HttpContext context, CallbackProtocol protocol, CallbackOptions options, Func<OrderCallback, CancellationToken, Task<CallbackOutcome>> handler)
    {
        var body = await ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            await AnswerAsync(context, protocol, StatusCodes.Status413PayloadTooLarge, CallbackOutcome.TryAgain("the body is too long"), options);
            return;
        }
        if (!IsWebhook(context.Request.Headers, protocol, body, options))
        {
            await AnswerAsync(context, protocol, StatusCodes.Status401Unauthorized, CallbackOutcome.TryAgain("wrong signature"), options);
            return;
        }
        var (callback, isSigned) = Read(protocol, body, context.Request.ContentType, options);
        if (callback is null)
        {
            await AnswerAsync(context, protocol, StatusCodes.Status400BadRequest, CallbackOutcome.TryAgain("a field is missing or malformed"), options);
            return;
        }
        if (!isSigned)
        {
            await AnswerAsync(context, protocol, StatusCodes.Status401Unauthorized, CallbackOutcome.TryAgain("wrong signature"), options);
            return;
        }
        var outcome = await handler(callback with { WebhookId = context.Request.Headers[StandardWebhook.IdHeader].ToString() }, context.RequestAborted);
        // Standard Webhooks knows only the status; the others say it in their bodies.
        var isRefusedByStatus = protocol == CallbackProtocol.OrderApi && !outcome.IsAccepted;
        await AnswerAsync(context, protocol, isRefusedByStatus ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, outcome, options);
    }

    private static bool IsWebhook(IHeaderDictionary headers, CallbackProtocol protocol, byte[] body, CallbackOptions options)
    {
        var hasOwnSign = protocol is CallbackProtocol.H5Sdk or CallbackProtocol.CardRecharge;
        if (hasOwnSign && !options.RequiresWebhookSignature && !headers.ContainsKey(StandardWebhook.SignatureHeader))
        {
            return true;
        }
        return StandardWebhook.Verify(
            headers[StandardWebhook.IdHeader],
            headers[StandardWebhook.TimestampHeader],
            headers[StandardWebhook.SignatureHeader],
            body,
            options.Secrets,
            options.Clock.GetUtcNow(),
            options.Tolerance) == WebhookVerdict.Right;
    }

    private static (OrderCallback? Callback, bool IsSigned) Read(CallbackProtocol protocol, byte[] body, string? contentType, CallbackOptions options)
    {
        try
        {
            switch (protocol)
            {
                case CallbackProtocol.H5Sdk:
                    var payment = CallbackReader.H5Sdk(body, contentType);
                    return (payment, payment is not null && options.Secrets.Any(secret => H5SdkSignature.Verify(payment.Fields, secret)));
                case CallbackProtocol.CardRecharge:
                    return CallbackReader.TryParse(body, out var json) && CallbackReader.CardRecharge(json) is { } recharge
                        ? (recharge, options.Secrets.Any(secret => CardRechargeSignature.Verify(json, secret, options.IsCardText)))
                        : (null, false);
                case CallbackProtocol.OrderCheck:
                    return (CallbackReader.OrderCheck(body), true);
                default:
                    return (CallbackReader.OrderApi(body), true);
            }
        }
        catch (InvalidOperationException)
        {
            // JSON that escapes half a surrogate pair holds no text.
            return (null, false);
        }
    }

    private static Task AnswerAsync(HttpContext context, CallbackProtocol protocol, int status, CallbackOutcome outcome, CallbackOptions options)
    {
        var detail = outcome.Detail.Length <= DetailCharactersMax ? outcome.Detail : outcome.Detail[..DetailCharactersMax];
        var (contentType, answer) = protocol switch
        {
            CallbackProtocol.H5Sdk => ("application/json; charset=utf-8", H5SdkAnswer(outcome.IsAccepted, detail)),
            CallbackProtocol.OrderCheck => ("application/msgpack", OrderCheckMap.WriteAnswer(CheckCode(outcome), detail, options.Clock.GetUtcNow())),
            CallbackProtocol.CardRecharge => ("text/plain; charset=utf-8", outcome.IsAccepted ? "success"u8.ToArray() : "fail"u8.ToArray()),
            _ => ("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(detail)),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = answer.Length;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    private static int CheckCode(CallbackOutcome outcome) => !outcome.IsAccepted ? 1 : outcome.IsRepeated ? 2 : 0;

    private static byte[] H5SdkAnswer(bool isAccepted, string detail)
    {
        var message = JsonEncodedText.Encode(isAccepted ? "success" : detail, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return Encoding.UTF8.GetBytes($$"""{"code":"{{(isAccepted ? "000" : "300")}}","data":"","message":"{{message}}"}""");
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > BodyBytesMax)
        {
            return null;
        }
        using var body = new MemoryStream();
        var part = new byte[16 << 10];
        while (await request.Body.ReadAsync(part, cancellationToken) is var length and > 0)
        {
            if (body.Length + length > BodyBytesMax)
            {
                return null;
            }
            body.Write(part, 0, length);
        }
        return body.ToArray();
    }
}
