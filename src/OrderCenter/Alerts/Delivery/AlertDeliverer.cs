using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrderCenter.Alerts.Settings;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Delivery;

/// <summary>Tells the sinks what is queued for them. Each sink is told apart from the others: one that is down or slow delays nothing but
/// its own, and is tried again with growing waits. Every node tells; a row is leased to one at a time.</summary>
internal sealed partial class AlertDeliverer(
    Database database, AlertSettings settings, SinkSender sender, TimeProvider clock, ILogger<AlertDeliverer> log)
{
    private const int ClaimMax = 64;

    /// <summary>Longer than what is begun within <see cref="s_workMax"/> takes.</summary>
    private const long LeaseMs = 60_000;

    private const long RetryMinMs = 5_000;
    private const long RetryMaxMs = 10 * 60_000;

    /// <summary>Rows of a sink that is being told already wait for so long.</summary>
    private const long TurnMs = 3_000;

    /// <summary>After this time a message is told to nobody any more.</summary>
    private const long GiveUpMs = 3 * 86_400_000L;

    private const int PruneMax = 500;
    private const long KeptMs = 7 * 86_400_000L;

    /// <summary>How long a sink is told without a pause; the rest is claimed again.</summary>
    private static readonly TimeSpan s_workMax = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Begins to tell what is due, and does not wait for the sinks.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var nowMs = database.Leases.WallMs;
        if (!await database.ReadAsync(
            transaction => DeliveryTable.IsAnyDueAsync(transaction, nowMs, database.Leases.OverMs), cancellationToken))
        {
            return;
        }
        await settings.RefreshAsync(cancellationToken);
        var due = await database.UpkeepAsync(
            transaction =>
                DeliveryTable.ClaimAsync(transaction, nowMs, database.Leases.NowMs + LeaseMs, database.Leases.OverMs, ClaimMax),
            cancellationToken);
        foreach (var group in due.GroupBy(delivery => delivery.Sink, StringComparer.Ordinal))
        {
            List<AlertDelivery> own = [.. group];
            if (_running.TryGetValue(group.Key, out var running) && !running.IsCompleted)
            {
                await PostponeAsync(own, nowMs + TurnMs, failures: 0, outcome: null);
                continue;
            }
            _running[group.Key] = TellAsync(group.Key, own, cancellationToken);
        }
    }

    /// <summary>Waits until nothing is being told.</summary>
    public Task DrainAsync() => Task.WhenAll(_running.Values);

    /// <summary>Deletes what was told long ago, a bounded number.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = database.Leases.WallMs - KeptMs;
        await database.UpkeepAsync(transaction => DeliveryTable.PruneAsync(transaction, beforeMs, PruneMax), cancellationToken);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "What fails here is told again when its lease has ended; nobody waits for this task.")]
    private async Task TellAsync(string name, List<AlertDelivery> due, CancellationToken cancellationToken)
    {
        try
        {
            if (settings.LatestSinks.FirstOrDefault(sink => sink.Name == name) is not { Disabled: false } sink)
            {
                await EndAsync(due, "the sink was removed or disabled");
                return;
            }
            var begun = clock.GetTimestamp();
            var left = due;
            while (left.Count > 0 && clock.GetElapsedTime(begun) < s_workMax)
            {
                List<AlertDelivery> batch = [.. left.Take(SinkSender.BatchOf(sink, [.. left.Select(delivery => delivery.Message)]))];
                left = left[batch.Count..];
                if (await TryTellAsync(sink, batch, cancellationToken) is { } dueMs)
                {
                    // The sink is down: what is left for it would fail too.
                    await PostponeAsync(left, dueMs, failures: 0, outcome: null);
                    return;
                }
            }
            await PostponeAsync(left, clock.NowMs(), failures: 0, outcome: null);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogBroken(log, name, fault);
        }
        catch (OperationCanceledException)
        {
            // The service stops: what was not told is due for another node, or after the next start. What was told is not touched: its
            // lease has ended.
            await PostponeAsync(due, clock.NowMs(), failures: 0, outcome: null);
        }
    }

    /// <summary>Tells a sink of some messages, and records what came of it.</summary>
    /// <returns>Null: they are told; otherwise when they are told again, Unix milliseconds.</returns>
    private async Task<long?> TryTellAsync(AlertSink sink, List<AlertDelivery> batch, CancellationToken cancellationToken)
    {
        if (await TrySendAsync(sink, [.. batch.Select(delivery => delivery.Message)], cancellationToken) is not { } fault)
        {
            await EndAsync(batch, outcome: null);
            return null;
        }
        fault = fault.Length <= DeliveryTable.OutcomeMax ? fault : fault[..DeliveryTable.OutcomeMax];
        LogFailed(log, sink.Name!, fault);
        var nowMs = clock.NowMs();
        var failures = batch.Max(delivery => delivery.Failures) + 1;
        var dueMs = nowMs + Math.Min(RetryMinMs << Math.Min(failures - 1, 10), RetryMaxMs);
        List<AlertDelivery> old = [.. batch.Where(delivery => nowMs - delivery.CreatedMs > GiveUpMs)];
        await EndAsync(old, $"given up: {fault}");
        await PostponeAsync([.. batch.Except(old)], dueMs, failures, fault);
        return dueMs;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "Whatever fails is told again with growing waits, and given up in the end, as where the sink fails.")]
    private async Task<string?> TrySendAsync(AlertSink sink, AlertMessage[] messages, CancellationToken cancellationToken)
    {
        try
        {
            return await sender.SendAsync(sink, messages, cancellationToken);
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogBroken(log, sink.Name!, bug);
            return "a fault of ours: " + bug.Message;
        }
    }

    private Task EndAsync(List<AlertDelivery> deliveries, string? outcome) =>
        RecordAsync(deliveries, (transaction, delivery) => DeliveryTable.EndAsync(transaction, delivery, clock.NowMs(), outcome));

    private Task PostponeAsync(List<AlertDelivery> deliveries, long dueMs, int failures, string? outcome) => RecordAsync(
        deliveries,
        (transaction, delivery) =>
            DeliveryTable.PostponeAsync(transaction, delivery, dueMs, Math.Max(failures, delivery.Failures), outcome));

    /// <summary>What happened is recorded though the service stops.</summary>
    private async Task RecordAsync(List<AlertDelivery> deliveries, Func<Transaction, AlertDelivery, ValueTask<int>> record)
    {
        if (deliveries.Count == 0)
        {
            return;
        }
        await database.UpkeepAsync(
            async transaction =>
            {
                var changed = 0;
                foreach (var delivery in deliveries)
                {
                    changed += await record(transaction, delivery);
                }
                return changed;
            },
            CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "alerts could not be sent to {Sink} and are sent again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string sink, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "telling {Sink} of alerts failed by a fault of this service or of the database")]
    private static partial void LogBroken(ILogger logger, string sink, Exception fault);
}
