using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using OrderCenter.Domain;
using OrderCenter.Apps;
using OrderCenter.Orders;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync.RefundQuestions;

namespace OrderCenter.ProviderSync;

/// <summary>Processes stored notifications: reads them, applies them to orders, records the outcome. What this node has just stored is
/// processed at once; the rest, also after a crash of another node, when it is due. Processing a notification twice does no more than
/// processing it once.</summary>
public sealed partial class NotificationProcessor(
    NotificationStore store, ProviderEventHandler events, RefundQuestionStore questions, AppCatalog apps, ChannelRegistry channels,
    OrderMetrics metrics, TimeProvider clock, ILogger<NotificationProcessor> log)
{
    private const int QueueMax = 256;
    private const int ConcurrencyMax = 8;
    private const int TriesMax = 100;
    private const long Second = 1000;
    private const long Minute = 60 * Second;

    private static readonly long[] RetryAfterMs = [10 * Second, 30 * Second, Minute, 5 * Minute, 15 * Minute, 60 * Minute];

    /// <summary>What was just committed. Whatever finds no place here is claimed when its lease has run out.</summary>
    private readonly Channel<StoredNotification> _queue =
        Channel.CreateBounded<StoredNotification>(new BoundedChannelOptions(QueueMax) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Processes what this node stores, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Parallel.ForEachAsync(
                _queue.Reader.ReadAllAsync(stopping), Options(stopping), async (stored, token) => await ProcessAsync(stored, token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            while (_queue.Reader.TryRead(out var waiting))
            {
                await ReleaseAsync(waiting.Notification);
            }
            throw;
        }
    }

    /// <summary>Processes what is due: a bounded number.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var claimed = await store.ClaimAsync(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(claimed, Options(cancellationToken), async (stored, token) => await ProcessAsync(stored, token));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(claimed.Select(stored => ReleaseAsync(stored.Notification)));
            throw;
        }
        return claimed.Count == NotificationStore.ClaimMax;
    }

    /// <summary>Processes a notification again, now, whatever came of it before.</summary>
    /// <returns>Its state afterwards; null: there is none.</returns>
    public async Task<NotificationDetail?> ReplayAsync(
        string key, string actor, GameLimit games, string? reason, CancellationToken cancellationToken)
    {
        if (await store.ReopenAsync(key, games, reason, cancellationToken) is { } reopened)
        {
            LogReplayed(log, key, actor);
            await ProcessAsync(reopened, CancellationToken.None);
        }
        return await store.FindAsync(key, games, cancellationToken);
    }

    internal void Enqueue(StoredNotification stored) => _queue.Writer.TryWrite(stored);

    private static ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = ConcurrencyMax, CancellationToken = cancellationToken };

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One notification that cannot be processed must not keep the others from being processed; the fault is logged and stored with it.")]
    private async Task ProcessAsync(StoredNotification stored, CancellationToken cancellationToken)
    {
        var notification = stored.Notification;
        string fault;
        try
        {
            if (apps.Find(notification.GameId) is not { } app || !app.Channels.ContainsKey(notification.Channel)
                || channels.Find(notification.Channel)?.Notifications is not { } handler)
            {
                fault = "the app has not configured the channel any more";
            }
            else
            {
                var read = await handler.ReadAsync(app, store.Open(stored), cancellationToken);
                if (read is not ProviderEvent.TryLater later)
                {
                    // Where the store does not say when it reported the event: when we received it first, which a replay does not change.
                    read = read with { ReportedMs = read.ReportedMs ?? notification.ReceivedMs };
                    var outcome = read is ProviderEvent.RefundAsked asked
                        ? await questions.KeepAsync(app, notification.Channel, asked.Question, CancellationToken.None)
                        : await events.ApplyAsync(app, notification.Channel, read, CancellationToken.None);
                    await FinishAsync(notification, outcome, read);
                    return;
                }
                fault = later.Reason;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: the notification is processed elsewhere, or after the next start, at once.
            await ReleaseAsync(notification);
            return;
        }
        catch (Exception broken)
        {
            LogNotProcessed(log, notification.Key, broken);
            fault = broken.Message;
        }
        await PostponeAsync(notification, fault);
    }

    private Task FinishAsync(Notification notification, ProviderEventOutcome outcome, ProviderEvent read)
    {
        // First the one that a person has to look at.
        var payments = PaymentsOf(read).OrderBy(payment => payment != outcome.Payment).ToList();
        var state = NotificationStore.Name(outcome.State);
        var order = outcome.OrderId?.Value ?? "-";
        metrics.CountNotification(notification.Channel, state);
        LogProcessed(log, notification.Channel, notification.NotificationId, order, state, outcome.Message);
        return store.FinishAsync(notification, outcome.State, outcome.Message, outcome.OrderId, payments);
    }

    private Task PostponeAsync(Notification notification, string reason)
    {
        LogPostponed(log, notification.Channel, notification.GameId, reason);
        var dueMs = clock.NowMs() + RetryAfterMs[Math.Min(notification.Tries, RetryAfterMs.Length) - 1];
        return TryRecordAsync(notification, () => notification.Tries >= TriesMax
            ? store.FinishAsync(notification, NotificationState.Failed, reason, orderId: null, payments: [])
            : store.PostponeAsync(notification, reason, dueMs));
    }

    private Task ReleaseAsync(Notification notification) => TryRecordAsync(notification, () => store.ReleaseAsync(notification));

    /// <summary>Where it cannot be recorded, the lease runs out and the notification is claimed again.</summary>
    private async Task TryRecordAsync(Notification notification, Func<Task> record)
    {
        try
        {
            await record();
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            LogNotProcessed(log, notification.Key, fault);
        }
    }

    private static IEnumerable<Payment> PaymentsOf(ProviderEvent read) => read switch
    {
        ProviderEvent.Several several => several.Events.SelectMany(PaymentsOf),
        ProviderEvent.RefundAsked asked => [asked.Question.Payment],
        _ => read.About is { } payment ? [payment] : [],
    };

    [LoggerMessage(Level = LogLevel.Information,
        Message = "notification of {Channel} {NotificationId}: order {OrderId}, {State}: {Outcome}")]
    private static partial void LogProcessed(
        ILogger logger, string channel, string notificationId, string orderId, string state, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "notification of {Channel} for game {GameId} cannot be processed now: {Reason}")]
    private static partial void LogPostponed(ILogger logger, string channel, long gameId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "notification {Key} could not be processed")]
    private static partial void LogNotProcessed(ILogger logger, string key, Exception reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "notification {Key} is processed again, by {Actor}")]
    private static partial void LogReplayed(ILogger logger, string key, string actor);
}
