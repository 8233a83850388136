using System.Diagnostics.CodeAnalysis;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Reports the fulfilment of paid orders to stores that require it: that the goods were delivered, and, where that takes long,
/// that the purchase is accepted, before the store refunds it by itself. A report is written with the payment and stays until the store has
/// it.</summary>
public sealed partial class FulfilmentReports(
    Database database, AppCatalog apps, ChannelRegistry channels, OrderMetrics metrics, TimeProvider clock, ILogger<FulfilmentReports> log)
{
    private const int ClaimMax = 64;
    private const int ConcurrencyMax = 8;

    /// <summary>Longer than a report may take: three calls of 5 s, and those before it.</summary>
    private const long LeaseMs = 5 * 60 * 1000;

    private const long RecheckMinMs = 30 * 1000;
    private const long RecheckMaxMs = 6 * 60 * 60 * 1000;
    private const long RetryMinMs = 5 * 1000;
    private const long RetryMaxMs = 10 * 60 * 1000;

    private long NowMs => clock.NowMs();

    /// <summary>Makes the reports that are due, a bounded number.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var due = await database.UpkeepAsync(
            transaction =>
                FulfilmentReportTable.ClaimAsync(transaction, nowMs, database.Leases.NowMs + LeaseMs, database.Leases.OverMs, ClaimMax),
            cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                due, new ParallelOptions { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = cancellationToken },
                async (report, cancel) => await ReportAsync(report, cancel));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: the next node, or the next start, makes the rest at once.
            await Task.WhenAll(due.Select(report => RecordAsync(transaction => FulfilmentReportTable.ReleaseAsync(transaction, report))));
            throw;
        }
        return due.Count == ClaimMax;
    }

    /// <summary>After five sixths an operator is alarmed.</summary>
    private static long AlarmMs(IFulfilmentReporter reporter, long sinceMs) =>
        sinceMs + (long)(reporter.RefundsAfter.TotalMilliseconds * 5 / 6);

    private async Task ReportAsync(FulfilmentReport report, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(
            transaction =>
            OrderTable.FindAsync(transaction, report.OrderId), cancellationToken) is not { Order: var order, Payment: { } payment }
            || order.State.Pay != PayState.Paid || channels.Find(report.Channel)?.FulfilmentReporter is not { } reporter)
        {
            // Refunded, or its channel is not installed any more: there is nothing to report.
            await RecordAsync(transaction => FulfilmentReportTable.FinishAsync(transaction, report));
            return;
        }
        var isDelivered = order.State.Progress == Progress.Delivered;
        if (!isDelivered
            && (report.IsAccepted || NowMs < FulfilmentReportQueue.AcknowledgeDeadlineMs(reporter, report.SinceMs, order.IsTest)))
        {
            await PostponeAsync(report with { FailuresInRow = 0 }, reporter, fault: null);
            return;
        }
        var fault = await TryReportAsync(reporter, order, payment, isDelivered, cancellationToken);
        if (fault is not null)
        {
            await FailAsync(report, reporter, fault);
            return;
        }
        metrics.Count(isDelivered ? "fulfilmentReported" : "purchaseAcknowledged");
        LogReported(log, order.Id, report.Channel, isDelivered ? "delivered" : "accepted");
        if (isDelivered)
        {
            await RecordAsync(transaction => FulfilmentReportTable.FinishAsync(transaction, report));
        }
        else
        {
            await PostponeAsync(report with { IsAccepted = true, FailuresInRow = 0 }, reporter, fault: null);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One report that fails must not keep the others from being made; the fault is logged and it is tried again.")]
    private async Task<string?> TryReportAsync(
        IFulfilmentReporter reporter, Order order, Payment payment, bool isDelivered, CancellationToken cancellationToken)
    {
        if (apps.Find(order.GameId) is not { } app)
        {
            return "the app is gone";
        }
        try
        {
            return await (isDelivered
                ? reporter.ReportDeliveredAsync(app, order, payment, cancellationToken)
                : reporter.ReportAcceptedAsync(app, order, payment, cancellationToken));
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

    private async Task FailAsync(FulfilmentReport report, IFulfilmentReporter reporter, string fault)
    {
        metrics.Count("fulfilmentReportFailed");
        if (!report.IsAccepted && NowMs >= AlarmMs(reporter, report.SinceMs))
        {
            metrics.Count("fulfilmentReportOverdue");
            LogAlarm(log, report.OrderId, report.Channel, reporter.RefundsAfter.TotalHours, fault);
        }
        else
        {
            LogFailed(log, report.OrderId, report.Channel, fault);
        }
        await PostponeAsync(report with { FailuresInRow = Math.Min(report.FailuresInRow + 1, 30) }, reporter, fault);
    }

    /// <summary>What failed is tried again with growing waits; what waits for its delivery is due by its age, and in time for the
    /// store. A tester's purchase, which is due at once, does not wait here before it is accepted.</summary>
    private async Task PostponeAsync(FulfilmentReport report, IFulfilmentReporter reporter, string? fault)
    {
        var nowMs = NowMs;
        var dueMs = report.FailuresInRow > 0
            ? nowMs + Math.Min(RetryMinMs << Math.Min(report.FailuresInRow - 1, 10), RetryMaxMs)
            : nowMs + Math.Clamp((nowMs - report.SinceMs) / 10, RecheckMinMs, RecheckMaxMs);
        if (report is { FailuresInRow: 0, IsAccepted: false })
        {
            dueMs = Math.Max(nowMs, Math.Min(dueMs, FulfilmentReportQueue.AcknowledgeDeadlineMs(reporter, report.SinceMs, isTest: false)));
        }
        await RecordAsync(transaction => FulfilmentReportTable.PostponeAsync(transaction, report, dueMs, fault));
    }

    /// <summary>What happened is recorded though the service stops. Nothing changed: the order was delivered in between, and is due
    /// again.</summary>
    private Task RecordAsync(Func<Transaction, ValueTask<int>> record) => database.WriteAsync(record, CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Information, Message = "order {OrderId}: fulfilment reported to {Channel}: {What}")]
    private static partial void LogReported(ILogger logger, OrderId orderId, string channel, string what);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "order {OrderId}: the fulfilment report to {Channel} failed and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, OrderId orderId, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "ALARM: order {OrderId}: {Channel} refunds it {Hours} h after the purchase, and the fulfilment report fails: {Reason}")]
    private static partial void LogAlarm(ILogger logger, OrderId orderId, string channel, double hours, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "order {OrderId}: the fulfilment report failed by a fault of this service")]
    private static partial void LogBug(ILogger logger, OrderId orderId, Exception bug);
}
