using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Tells stores what they want to hear of paid orders: that the goods were handed over, and, where that takes long, that the purchase is taken
/// on, before the store gives the money back by itself. What is to be told is written with the payment and stays until it is told.</summary>
public sealed partial class Tellings(
    Store.Store store, AppCatalog apps, IEnumerable<ITold> channels, OrderMetrics metrics, TimeProvider clock, ILogger<Tellings> log)
{
    private const int ClaimMax = 64;
    private const int AtOnceMax = 8;

    /// <summary>Longer than any one telling may take: three calls of 5 s, and those before it.</summary>
    private const long LeaseMs = 5 * 60 * 1000;

    private const long LookMinMs = 30 * 1000;
    private const long LookMaxMs = 6 * 60 * 60 * 1000;
    private const long RetryMinMs = 5 * 1000;
    private const long RetryMaxMs = 10 * 60 * 1000;

    private readonly Dictionary<string, ITold> _channels = channels.ToDictionary(channel => channel.Channel, StringComparer.Ordinal);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Tells what is due, a bounded number.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var due = await store.UpkeepAsync(transaction => TellTable.ClaimAsync(transaction, nowMs, nowMs + LeaseMs, ClaimMax), cancellationToken);
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken },
            async (telling, cancel) => await TellAsync(telling, cancel));
        return due.Count == ClaimMax;
    }

    /// <summary>When an order is first looked at: soon, since it may be delivered by a callback; at once where its time is nearly over.</summary>
    internal static long FirstDueMs(ITold told, long sinceMs, long nowMs) => Math.Max(nowMs, Math.Min(nowMs + LookMinMs, AcceptMs(told, sinceMs)));

    /// <summary>After two thirds of the store's patience (Google: 48 h) it is told that the purchase is taken on.</summary>
    private static long AcceptMs(ITold told, long sinceMs) => sinceMs + (long)(told.Patience.TotalMilliseconds * 2 / 3);

    /// <summary>After five sixths (Google: 60 h) a person has to look.</summary>
    private static long AlarmMs(ITold told, long sinceMs) => sinceMs + (long)(told.Patience.TotalMilliseconds * 5 / 6);

    private async Task TellAsync(Telling telling, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(transaction => OrderTable.FindAsync(transaction, telling.OrderId), cancellationToken) is not { Order: var order, Payment: { } payment }
            || order.State.Pay != PayState.Paid || !_channels.TryGetValue(telling.Channel, out var told))
        {
            // Refunded, or paid by what nobody knows any more: there is nothing to tell.
            await RecordAsync(transaction => TellTable.FinishAsync(transaction, telling, NowMs));
            return;
        }
        var isDelivered = order.State.Progress == Progress.Delivered;
        if (!isDelivered && (telling.IsAccepted || NowMs < AcceptMs(told, telling.SinceMs)))
        {
            await PostponeAsync(telling with { Fails = 0 }, told, fault: null);
            return;
        }
        var fault = await TryTellAsync(told, order, payment, isDelivered, cancellationToken);
        if (fault is not null)
        {
            await FailAsync(telling, told, fault);
            return;
        }
        metrics.Count(isDelivered ? "told" : "accepted");
        LogTold(log, order.Id, telling.Channel, isDelivered ? "delivered" : "accepted");
        if (isDelivered)
        {
            await RecordAsync(transaction => TellTable.FinishAsync(transaction, telling, NowMs));
        }
        else
        {
            await PostponeAsync(telling with { IsAccepted = true, Fails = 0 }, told, fault: null);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One order that cannot be told must not keep the others from being told; the fault is logged and it is tried again.")]
    private async Task<string?> TryTellAsync(ITold told, Order order, Payment payment, bool isDelivered, CancellationToken cancellationToken)
    {
        if (apps.Find(order.GameId) is not { } app)
        {
            return "the app is gone";
        }
        try
        {
            return await (isDelivered ? told.DeliveredAsync(app, order, payment, cancellationToken) : told.AcceptedAsync(app, order, payment, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception bug)
        {
            LogBug(log, order.Id, bug);
            return "a fault of ours: " + bug.Message;
        }
    }

    private async Task FailAsync(Telling telling, ITold told, string fault)
    {
        metrics.Count("tellFailed");
        if (!telling.IsAccepted && NowMs >= AlarmMs(told, telling.SinceMs))
        {
            metrics.Count("tellAlarm");
            LogAlarm(log, telling.OrderId, telling.Channel, told.Patience.TotalHours, fault);
        }
        else
        {
            LogFailed(log, telling.OrderId, telling.Channel, fault);
        }
        await PostponeAsync(telling with { Fails = Math.Min(telling.Fails + 1, 30) }, told, fault);
    }

    /// <summary>What failed is tried again soon, then seldom; what waits for its delivery is looked at by its age, and in time for the store.</summary>
    private async Task PostponeAsync(Telling telling, ITold told, string? fault)
    {
        var nowMs = NowMs;
        var dueMs = telling.Fails > 0
            ? nowMs + Math.Min(RetryMinMs << Math.Min(telling.Fails - 1, 10), RetryMaxMs)
            : nowMs + Math.Clamp((nowMs - telling.SinceMs) / 10, LookMinMs, LookMaxMs);
        if (telling is { Fails: 0, IsAccepted: false })
        {
            dueMs = Math.Max(nowMs, Math.Min(dueMs, AcceptMs(told, telling.SinceMs)));
        }
        await RecordAsync(transaction => TellTable.PostponeAsync(transaction, telling, dueMs, fault));
    }

    /// <summary>What happened is recorded though the service stops. Nothing changed: the order was delivered in between, and is due again.</summary>
    private Task RecordAsync(Func<Transaction, ValueTask<int>> record) => store.WriteAsync(record, CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId}: {Channel} was told: {What}")]
    private static partial void LogTold(ILogger logger, OrderId orderId, string channel, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId}: {Channel} could not be told, it is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, OrderId orderId, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ALARM: order {OrderId}: {Channel} gives the money back {Hours} h after the purchase and could not be told: {Reason}")]
    private static partial void LogAlarm(ILogger logger, OrderId orderId, string channel, double hours, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "order {OrderId}: telling its store failed")]
    private static partial void LogBug(ILogger logger, OrderId orderId, Exception bug);
}
