using System.Buffers;
using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.OrderCheck;

/// <summary>OrderCheck's one endpoint (protocols.md §3): the SDK client, or the CP itself, asks us to check an order.</summary>
internal sealed class Endpoints(Admission admission, OrderBook orders, Makeup makeup, CallbackEngine callbacks, TimeProvider clock)
{
    private const int BodyBytesMax = 64 * 1024;
    private const int DataMax = 256;
    private const int Delivered = 0;
    private const int Failed = 1;
    private const int Repeated = 2;
    private const string ContentType = "application/msgpack";
    private const string NotFound = "order not found";

    /// <summary>Three calls in all, 0.5 s and 1 s apart; one round a 5 s; the others wait for at most 20 s.</summary>
    private static readonly RoundPlan Round = new([0, 500, 1000], QuietMs: 5000, PatienceMs: 20_000);

    private static readonly string[] ContentTypes = ["application/msgpack", "application/x-msgpack", "application/vnd.msgpack", "application/octet-stream"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<Endpoints>(routes.ServiceProvider);
        routes.MapPost("/openapi/order/check", endpoints.CheckAsync).ExcludeFromDescription()
            .WithMetadata((Refusal)endpoints.RefuseForNowAsync);
    }

    private async Task CheckAsync(HttpContext context)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim();
        if (!ContentTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            await AnswerAsync(context, Failed, "the content type must be application/msgpack", StatusCodes.Status415UnsupportedMediaType);
            return;
        }
        var (buffer, length, status) = await RequestParameters.ReadBytesAsync(context, BodyBytesMax);
        if (buffer is null)
        {
            var tooLarge = status == StatusCodes.Status413PayloadTooLarge;
            await AnswerAsync(context, Failed, tooLarge ? $"the body must be at most {BodyBytesMax} bytes" : "the body could not be read", status);
            return;
        }
        var check = CheckFields.Read(buffer.AsSpan(0, length), out var fault);
        ArrayPool<byte>.Shared.Return(buffer);
        await Passing.ServeAsync(context, check, async asked =>
        {
            var (code, data) = asked is null ? (Failed, fault) : await JudgeAsync(context, asked);
            await AnswerAsync(context, code, data);
        }, RefuseForNowAsync);
    }

    private Task RefuseForNowAsync(HttpContext context, string message, int status) => AnswerAsync(context, Failed, message, status);

    private async Task<(int Code, string Data)> JudgeAsync(HttpContext context, CheckFields check)
    {
        // 1. The stored order is what the check says it is. An app that is not there, or does not take this caller, has no orders either.
        if (admission.Find(context, check.Game, OrderCheckProtocol.ProtocolName) is not { } app
            || await orders.FindAsync(check.OrderId, context.RequestAborted) is not { } row || row.Order.GameId != app.GameId)
        {
            return (Failed, NotFound);
        }
        if (check.ContradictionTo(row.Order, app.AmountMeans) is { } contradiction)
        {
            return (Failed, contradiction);
        }

        // 2. The platform's order number belongs to this order or to none. It is not claimed: anyone may knock here.
        if (check.Channel is { } channel && await orders.HolderAsync(channel, check.PlatformOrderId, context.RequestAborted) is { } holder && holder != row.Order.Id)
        {
            return (Failed, "platform_order_id belongs to another order");
        }

        // 3. Paid, as far as is known here, or at the platform when it is asked.
        var order = row.Order;
        if (order.State.Pay == PayState.Unpaid && (order.Channel ?? check.Channel) is { } platform && makeup.CanAsk(app, platform))
        {
            switch (await makeup.CheckAsync(app, order, platform, check.PlatformOrderId, context.RequestAborted))
            {
                case SettleOutcome.Paid or SettleOutcome.AlreadyPaid:
                    order = (await orders.FindAsync(order.Id, context.RequestAborted))!.Order;
                    break;
                case SettleOutcome.Held held:
                    return (Failed, $"the order is held for review: {held.Reason}");
                case SettleOutcome.TryLater later:
                    return (Failed, $"not paid, as far as is known: {later.Reason}");
            }
        }
        switch (order.State)
        {
            case { Pay: PayState.Unpaid }:
                return (Failed, "not paid");
            case { Pay: PayState.Refunded }:
                return (Failed, "the order was refunded");
            case { Progress: Progress.Review }:
                return (Failed, "the order is held for review");
            case { Progress: Progress.Delivered }:
                return (Repeated, "");
        }

        // 4. and 5. The game is called, and its word is ours.
        return await callbacks.RunRoundAsync(row.Order.Id, Round, context.RequestAborted) switch
        {
            RoundOutcome.Delivered { WasThere: false } => (Delivered, ""),
            RoundOutcome.Delivered or RoundOutcome.AlreadyDelivered => (Repeated, ""),
            RoundOutcome.Failed failed => (Failed, failed.Reason),
            _ => (Failed, "the app has no callbackUrl"),
        };
    }

    /// <summary>A msgpack map in the source's order: msg, timestamp, code, data.</summary>
    private Task AnswerAsync(HttpContext context, int code, string data, int status = StatusCodes.Status200OK)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new MsgPackWriter(buffer);
        writer.MapHeader(4);
        writer.Str("msg");
        writer.Str(code switch { Delivered => "successful", Repeated => "repeated", _ => "failed" });
        writer.Str("timestamp");
        writer.Integer(clock.GetUtcNow().ToUnixTimeSeconds());
        writer.Str("code");
        writer.Integer(code);
        writer.Str("data");
        writer.Str(data.Length <= DataMax ? data : data[..DataMax]);
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }
}
