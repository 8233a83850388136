using System.Buffers;
using MessagePack;
using OrderCenter.Callbacks.Synchronous;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refusals;
using OrderCenter.Orders;
using OrderCenter.ProviderSync;

namespace OrderCenter.Protocols.OrderCheck;

/// <summary>OrderCheck's one endpoint (protocols.md §3): the SDK client, or the CP itself, requests a check of an order.</summary>
internal sealed class OrderCheckEndpoints(
    CallerAuthorization authorization, OrderQueries orders, RefusedPaymentRecorder refusedReceipts, PaymentQueries queries,
    PaymentChecks checks, SynchronousCallbackCoordinator callbacks, TimeProvider clock)
{
    private const int BodyBytesMax = 64 * 1024;
    private const int DataMax = 256;
    private const int Delivered = 0;
    private const int Failed = 1;
    private const int Repeated = 2;
    private const string ContentType = "application/msgpack";

    /// <summary>One text for an order that does not exist and for one whose values differ.</summary>
    private const string NoSuchOrder = "there is no such order: number, game, product, amount, currency and player must be the order's";

    /// <summary>Three calls, 0.5 s and 1 s apart, at most once in 5 s for an order; concurrent checks wait for at most 20 s.</summary>
    private static readonly SynchronousPlan Plan = new([0, 500, 1000], MinIntervalMs: 5000, TimeoutMs: 20_000);

    private static readonly string[] ContentTypes =
        ["application/msgpack", "application/x-msgpack", "application/vnd.msgpack", "application/octet-stream"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = ActivatorUtilities.CreateInstance<OrderCheckEndpoints>(routes.ServiceProvider);
        routes.MapPost("/openapi/order/check", endpoints.CheckAsync).ExcludeFromDescription()
            .WithMetadata((ErrorResponder)endpoints.RefuseAsync);
    }

    private Task CheckAsync(HttpContext context) =>
        ProtocolRequest.ServeAsync(
            context, ReadAsync(context), async check => await RespondAsync(context, await CheckAsync(context, check)), RefuseAsync);

    private static async ValueTask<ReadResult<CheckFields>> ReadAsync(HttpContext context)
    {
        if (!ContentTypes.Contains(context.Request.ContentType?.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
        {
            return new ReadResult<CheckFields>(
                null, StatusCodes.Status415UnsupportedMediaType, "the content type must be application/msgpack");
        }
        var (buffer, length, status) = await RequestParameters.ReadBytesAsync(context, BodyBytesMax);
        if (buffer is null)
        {
            return new ReadResult<CheckFields>(null, status, RequestParameters.Fault(status, BodyBytesMax));
        }
        var check = CheckFields.Read(buffer.AsMemory(0, length), out var fault);
        ArrayPool<byte>.Shared.Return(buffer);
        return check is null ? new ReadResult<CheckFields>(fault) : new ReadResult<CheckFields>(check);
    }

    private Task RefuseAsync(HttpContext context, string message, int status) => RespondAsync(context, Failure(message), status);

    private async Task<CheckResult> CheckAsync(HttpContext context, CheckFields check)
    {
        // 1. The stored order is what the check says it is. An app that does not exist, or does not accept this caller, has no orders
        // either; its order is read all the same, so that the response time tells as little as the response.
        var app = authorization.Find(context, check.Game, OrderCheckProtocol.ProtocolName);
        authorization.ConsumeUnsignedRequest(context, app);
        var row = await orders.FindAsync(check.OrderId, context.RequestAborted);
        if (app is null || row is null || row.Order.GameId != app.GameId || !check.Matches(row.Order, app.AmountMeans))
        {
            return Failure(NoSuchOrder, RefusalLog.NoSuchOrder);
        }
        var order = row.Order;

        // 2. The platform's order number belongs to this order or to none. It is not claimed: anyone may send a check.
        var platform = order.Channel ?? check.Channel;
        if (platform is not null && await orders.FindPaidOrderAsync(platform, check.PlatformOrderId, context.RequestAborted) is { } holder
            && holder != order.Id)
        {
            const string Reason = "platform_order_id belongs to another order";
            await refusedReceipts.RecordUnverifiedPurchaseAsync(order.Id, platform, check.PlatformOrderId, Reason);
            return Failure(Reason, RefusalLog.OtherOrder);
        }

        // 3. Paid, as far as is known here, or at the platform when it is queried. A purchase that is not this order's changes nothing.
        var canQuery = platform is not null && queries.CanQuery(app, platform);
        if (order.State.Pay == PayState.Unpaid && canQuery)
        {
            switch (await checks.CheckAsync(app, order, platform!, check.PlatformOrderId, context.RequestAborted))
            {
                case PaymentOutcome.Paid or PaymentOutcome.AlreadyPaid or PaymentOutcome.Held:
                    order = (await orders.FindAsync(order.Id, context.RequestAborted))!.Order;
                    break;
                case PaymentOutcome.TryLater later:
                    return Failure($"not paid, as far as is known: {later.Reason}", RefusalLog.NotPaid);
            }
        }
        switch (order.State)
        {
            case { Pay: PayState.Unpaid }:
                if (platform is not null && !canQuery)
                {
                    // The channel cannot tell whether it was paid; a person needs the number to find out.
                    await refusedReceipts.RecordUnverifiedPurchaseAsync(
                        order.Id, platform, check.PlatformOrderId, $"channel {platform} is not configured, or cannot be asked");
                }
                return Failure("not paid", RefusalLog.NotPaid);
            case { Pay: PayState.Refunded }:
                return Failure("the order was refunded");
            case { Progress: Progress.Review }:
                return Failure("the order is held for review");
            case { Progress: Progress.Delivered }:
                return new CheckResult(Repeated, "");
        }

        // 4. and 5. The game is called, and its result is the result of the check.
        return await callbacks.SendAsync(row.Order.Id, Plan, context.RequestAborted) switch
        {
            SynchronousOutcome.Delivered { WasGrantedBefore: false } => new CheckResult(Delivered, ""),
            SynchronousOutcome.Delivered or SynchronousOutcome.AlreadyDelivered => new CheckResult(Repeated, ""),
            SynchronousOutcome.Failed failed => Failure(failed.Reason),
            _ => Failure("the app has no callbackUrl"),
        };
    }

    private static CheckResult Failure(string data, string cause = RefusalLog.Request) => new(Failed, data, cause);

    /// <summary>A msgpack map in the source's order: msg, timestamp, code, data.</summary>
    private Task RespondAsync(HttpContext context, CheckResult result, int status = StatusCodes.Status200OK)
    {
        var (code, data, cause) = result;
        if (cause is not null)
        {
            context.CountRefusal(OrderCheckProtocol.ProtocolName, status, cause, data);
        }
        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(4);
        writer.Write("msg");
        writer.Write(code switch { Delivered => "successful", Repeated => "repeated", _ => "failed" });
        writer.Write("timestamp");
        writer.Write(clock.GetUtcNow().ToUnixTimeSeconds());
        writer.Write("code");
        writer.Write(code);
        writer.Write("data");
        writer.Write(data.Length <= DataMax ? data : data[..DataMax]);
        writer.Flush();
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }

    /// <summary>What the response says.</summary>
    /// <param name="Code">Its <c>code</c>.</param>
    /// <param name="Data">Its <c>data</c>: why the check failed.</param>
    /// <param name="Cause">As what the failure is counted; null: it did not fail.</param>
    private readonly record struct CheckResult(int Code, string Data, string? Cause = null);
}
