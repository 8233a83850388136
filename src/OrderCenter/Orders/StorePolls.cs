using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Asks stores for news, app by app, each when its time has come. The cursor moves once the news are taken.</summary>
public sealed partial class StorePolls(
    Store.Store store, AppCatalog apps, IEnumerable<IPolled> channels, TakeNews take, TimeProvider clock, ILogger<StorePolls> log)
{
    private const int ClaimMax = 4;

    /// <summary>Pages of one app in a row; the rest comes in the next step.</summary>
    private const int PagesMax = 20;

    /// <summary>Longer than <see cref="PagesMax"/> calls of 5 s with their tokens.</summary>
    private const long LeaseMs = 10 * 60 * 1000;

    private const long RetryMs = 5 * 60 * 1000;

    private readonly Dictionary<string, IPolled> _channels = channels.ToDictionary(channel => channel.Channel, StringComparer.Ordinal);
    private readonly HashSet<(long GameId, string Channel)> _known = [];

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Asks for what is due, a bounded number. Not to be called again before it has ended.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        var nowMs = NowMs;
        var due = await store.UpkeepAsync(transaction => PollTable.ClaimAsync(transaction, nowMs, nowMs + LeaseMs, ClaimMax), cancellationToken);
        foreach (var claimed in due)
        {
            await PollAsync(claimed, cancellationToken);
        }
        return due.Count == ClaimMax;
    }

    /// <summary>Every app that has a channel which is polled gets a row.</summary>
    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        foreach (var app in apps.All.Select(entry => entry.App))
        {
            foreach (var channel in app.Channels.Keys.Where(_channels.ContainsKey))
            {
                if (!_known.Contains((app.GameId, channel)))
                {
                    await store.WriteAsync(transaction => PollTable.InsertAsync(transaction, app.GameId, channel, NowMs), cancellationToken);
                    _known.Add((app.GameId, channel));
                }
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One store that cannot be read must not keep the others from being read; the fault is logged and it is asked again.")]
    private async Task PollAsync(PollCursor claimed, CancellationToken cancellationToken)
    {
        var (cursor, dueMs) = (claimed.Cursor, NowMs + RetryMs);
        try
        {
            for (var pages = 0; pages < PagesMax; pages++)
            {
                if (apps.Find(claimed.GameId) is not { } app || !_channels.TryGetValue(claimed.Channel, out var channel))
                {
                    break;
                }
                var poll = await channel.PollAsync(app, cursor, cancellationToken);
                if (poll is not Poll.Page page)
                {
                    if (poll is Poll.TryLater later)
                    {
                        LogLater(log, claimed.GameId, claimed.Channel, later.Reason);
                    }
                    break;
                }
                foreach (var news in page.News)
                {
                    await take(app, claimed.Channel, news, cancellationToken);
                }
                cursor = page.Cursor;
                if (!page.HasMore)
                {
                    dueMs = NowMs + (long)channel.Period.TotalMilliseconds;
                    break;
                }
                dueMs = NowMs;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            LogFault(log, claimed.GameId, claimed.Channel, fault);
            dueMs = NowMs + RetryMs;
        }
        await store.WriteAsync(transaction => PollTable.RecordAsync(transaction, claimed, cursor, dueMs), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "app {GameId}: {Channel} could not be asked for news: {Reason}")]
    private static partial void LogLater(ILogger logger, long gameId, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "app {GameId}: news of {Channel} could not be taken")]
    private static partial void LogFault(ILogger logger, long gameId, string channel, Exception fault);
}
