using System.Diagnostics.CodeAnalysis;
using OrderCenter.Domain;
using OrderCenter.Apps;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync;

/// <summary>Polls stores for events, app by app, each when it is due. The cursor moves once the events are handled.</summary>
public sealed partial class EventPoller(
    Database database, AppCatalog apps, ChannelRegistry channels, HandlePolledEvent handle, TimeProvider clock, ILogger<EventPoller> log)
{
    private const int ClaimMax = 4;

    /// <summary>Pages of one app in a row; the rest comes in the next step.</summary>
    private const int PagesMax = 20;

    /// <summary>Longer than <see cref="PagesMax"/> calls of 5 s with their tokens.</summary>
    private const long LeaseMs = 10 * 60 * 1000;

    private const long RetryMs = 5 * 60 * 1000;

    private readonly HashSet<(long GameId, string Channel)> _known = [];

    private long NowMs => clock.NowMs();

    /// <summary>Polls what is due, a bounded number. Not to be called again before it has ended.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await InsertAsync(cancellationToken);
        var (nowMs, leaseUntilMs) = (NowMs, database.Leases.NowMs + LeaseMs);
        var due = await database.UpkeepAsync(
            transaction =>
                EventPollTable.ClaimAsync(transaction, nowMs, leaseUntilMs, database.Leases.OverMs, ClaimMax), cancellationToken);
        foreach (var claimed in due)
        {
            await PollAsync(claimed, cancellationToken);
        }
        return due.Count == ClaimMax;
    }

    /// <summary>Every app with a channel that is polled gets a row.</summary>
    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        foreach (var app in apps.All.Select(entry => entry.App))
        {
            foreach (var channel in app.Channels.Keys.Where(name => channels.Find(name)?.Events is not null))
            {
                if (!_known.Contains((app.GameId, channel)))
                {
                    await database.WriteAsync(
                        transaction => EventPollTable.InsertAsync(transaction, app.GameId, channel, NowMs), cancellationToken);
                    _known.Add((app.GameId, channel));
                }
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One store that cannot be polled must not keep the others from being polled; the fault is logged and it is polled again.")]
    private async Task PollAsync(EventPollCursor claimed, CancellationToken cancellationToken)
    {
        var (cursor, dueMs) = (claimed.Cursor, NowMs + RetryMs);
        try
        {
            for (var pages = 0; pages < PagesMax; pages++)
            {
                if (apps.Find(claimed.GameId) is not { } app || channels.Find(claimed.Channel)?.Events is not { } source)
                {
                    break;
                }
                var poll = await source.PollAsync(app, cursor, cancellationToken);
                if (poll is not PollResult.Page page)
                {
                    if (poll is PollResult.TryLater later)
                    {
                        LogLater(log, claimed.GameId, claimed.Channel, later.Reason);
                    }
                    break;
                }
                foreach (var polled in page.Events)
                {
                    await handle(app, claimed.Channel, polled, cancellationToken);
                }
                cursor = page.Cursor;
                if (!page.HasMore)
                {
                    dueMs = NowMs + (long)source.Period.TotalMilliseconds;
                    break;
                }
                dueMs = NowMs;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: the next node, or the next start, goes on from the last page at once.
            await database.WriteAsync(
                transaction => EventPollTable.RecordAsync(transaction, claimed, cursor, NowMs), CancellationToken.None);
            throw;
        }
        catch (Exception fault)
        {
            LogFault(log, claimed.GameId, claimed.Channel, fault);
            dueMs = NowMs + RetryMs;
        }
        await database.WriteAsync(transaction => EventPollTable.RecordAsync(transaction, claimed, cursor, dueMs), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "app {GameId}: {Channel} could not be polled: {Reason}")]
    private static partial void LogLater(ILogger logger, long gameId, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "app {GameId}: events of {Channel} could not be handled")]
    private static partial void LogFault(ILogger logger, long gameId, string channel, Exception fault);
}
