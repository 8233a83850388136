using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Reconciliation.Import;

namespace OrderCenter.Reconciliation.Fetching;

/// <summary>Fetches the statements that stores publish and imports them like uploads. Every period of every account with a source has a
/// row; what fails is tried again with growing waits, and delays no other period, account, app or store.</summary>
public sealed partial class StatementFetcher(
    Database database, AppCatalog apps, ChannelRegistry channels, StatementImport import, BusinessDay businessDay, TimeProvider clock,
    ILogger<StatementFetcher> log)
{
    /// <summary>How long a statement that does not come is tried.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(45);

    /// <summary>Periods that a service which did not run for long adds at once.</summary>
    private const int CatchUpMax = 31;

    private const int ClaimMax = 2;

    /// <summary>Longer than a token, a question and a download of 10 min with its import may take; the lease clock allows no longer
    /// ones.</summary>
    private const long LeaseMs = 15 * 60 * 1000;

    private const long RetryMinMs = 5 * 60 * 1000;
    private const long RetryMaxMs = 6 * 60 * 60 * 1000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(400);

    private const int MessageMax = 1000;
    private const string Actor = "statement-fetch";

    /// <summary>What has its row, so that nobody asks the database at every tick.</summary>
    private readonly Dictionary<StatementOwner, DateOnly> _known = [];

    private long NowMs => clock.NowMs();

    /// <summary>Adds the periods that ended and fetches what is due, a bounded number. Not to be called again before it has
    /// ended.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await InsertAsync(cancellationToken);
        var (nowMs, leaseUntilMs) = (NowMs, database.Leases.NowMs + LeaseMs);
        var due = await database.UpkeepAsync(
            transaction => StatementFetchTable.ClaimAsync(transaction, nowMs, leaseUntilMs, database.Leases.OverMs, ClaimMax),
            cancellationToken);
        foreach (var job in due)
        {
            await FetchAsync(job, cancellationToken);
        }
        return due.Count == ClaimMax;
    }

    /// <summary>Deletes what ended long ago.</summary>
    public Task PruneAsync(CancellationToken cancellationToken) =>
        database.UpkeepAsync(
            transaction => StatementFetchTable.PruneAsync(transaction, NowMs - (long)KeptFor.TotalMilliseconds), cancellationToken);

    /// <summary>Fetches the statement of the period that a day lies in, now, whether it was fetched before or not.</summary>
    /// <returns>Null and why not; or the job.</returns>
    public async Task<(StatementFetchJob? Job, string? Fault)> RequestAsync(
        StatementAccount account, IChannel channel, DateOnly day, AuditContext by, CancellationToken cancellationToken)
    {
        if (channel.StatementSource?.Schedule(account.View) is not { } schedule)
        {
            return (null, $"the app's settings of channel {channel.Name} do not let statements be fetched (docs/reconciliation.md)");
        }
        var period = schedule.PeriodOf(day);
        if (period.Last >= businessDay.DayOf(NowMs))
        {
            return (null, $"the period {period} of that statement is not over");
        }
        var owner = new StatementOwner(account.View.GameId, channel.Name, account.Name);
        var id = StatementFetchTable.IdOf(owner, period);
        var job = await database.WriteAsync(
            async transaction =>
            {
                if (await StatementFetchTable.InsertAsync(transaction, owner, period, NowMs) == 0)
                {
                    await StatementFetchTable.RepeatAsync(transaction, id, NowMs);
                }
                Persistence.Tables.AuditTrail.Append(
                    transaction,
                    new AuditFact("reconciliation.fetch", owner.GameId, id) { After = $"{owner}, {period}", Reason = by.Reason },
                    NowMs);
                return await StatementFetchTable.FindAsync(transaction, id);
            },
            cancellationToken);
        return (job, null);
    }

    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        foreach (var app in apps.All.Select(entry => entry.App))
        {
            foreach (var name in app.Channels.Keys)
            {
                if (channels.Find(name) is { StatementSource: { } source } channel)
                {
                    foreach (var account in channel.StatementAccounts(app))
                    {
                        var owner = new StatementOwner(app.GameId, name, account.Name);
                        await InsertAsync(owner, source.Schedule(account.View), cancellationToken);
                    }
                }
            }
        }
    }

    private async Task InsertAsync(StatementOwner owner, StatementSchedule? schedule, CancellationToken cancellationToken)
    {
        if (schedule?.Latest(clock.GetUtcNow()) is { } latest && latest.Last < businessDay.DayOf(NowMs)
            && (!_known.TryGetValue(owner, out var known) || known < latest.First))
        {
            await InsertAsync(owner, schedule, latest, cancellationToken);
            _known[owner] = latest.First;
        }
    }

    /// <summary>The periods since the last one that has a row; for an account that has none only the latest.</summary>
    private Task InsertAsync(
        StatementOwner owner, StatementSchedule schedule, StatementPeriod latest, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                var last = await StatementFetchTable.LatestAsync(transaction, owner);
                var period = latest;
                for (var i = 0; i < CatchUpMax && (i == 0 || period.First > last); i++)
                {
                    await StatementFetchTable.InsertAsync(transaction, owner, period, NowMs);
                    period = schedule.PeriodOf(period.First.AddDays(-1));
                }
                return 0;
            },
            cancellationToken);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One statement that cannot be fetched must not keep the others from being fetched; the fault is logged and it is tried again.")]
    private async Task FetchAsync(StatementFetchJob job, CancellationToken cancellationToken)
    {
        StatementFetchJob result;
        try
        {
            result = await TryFetchAsync(job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops: another node, or the next start, begins again at once.
            await database.WriteAsync(transaction => StatementFetchTable.ReleaseAsync(transaction, job), CancellationToken.None);
            throw;
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            result = Failed(job, fault.Message);
        }
        catch (Exception bug)
        {
            LogBug(log, job.Id, bug);
            result = Failed(job, "a fault of this service: " + bug.Message);
        }
        await database.WriteAsync(
            transaction => StatementFetchTable.RecordAsync(transaction, result with { UpdatedMs = NowMs }), CancellationToken.None);
    }

    private async Task<StatementFetchJob> TryFetchAsync(StatementFetchJob job, CancellationToken cancellationToken)
    {
        if (FindAccount(job.Owner) is not ({ } account, { StatementSource: { } source } channel) || source.Schedule(account.View) is null)
        {
            return job with
            {
                State = StatementFetchState.Failed, DueMs = null, Message = "the app's settings do not let statements be fetched any more",
            };
        }
        switch (await source.FetchAsync(account.View, job.Period, cancellationToken))
        {
            case StatementFetch.Found found:
                using (found.File)
                {
                    await using var content = found.Content;
                    return await ImportAsync(job, account, channel, content, cancellationToken);
                }
            case StatementFetch.Nothing:
                using (var empty = new MemoryStream(Encoding.UTF8.GetBytes(channel.StatementFormats[^1].EmptyFile)))
                {
                    return await ImportAsync(job, account, channel, empty, cancellationToken);
                }
            case StatementFetch.TryLater later:
                return Failed(job, later.Reason);
            case StatementFetch.Refused refused:
                LogRefused(log, job.Owner.GameId, job.Owner, job.Period, refused.Reason);
                return Failed(job, refused.Reason);
            case var other:
                throw new InvalidOperationException($"unknown result {other}");
        }
    }

    private (StatementAccount? Account, IChannel? Channel) FindAccount(StatementOwner owner) =>
        apps.Find(owner.GameId) is { } app && channels.Find(owner.Channel) is { } channel
            ? (channel.StatementAccounts(app).FirstOrDefault(account => account.Name == owner.Account), channel)
            : (null, null);

    private async Task<StatementFetchJob> ImportAsync(
        StatementFetchJob job, StatementAccount account, IChannel channel, Stream content, CancellationToken cancellationToken)
    {
        ImportOutcome outcome;
        try
        {
            outcome = await import.ImportAsync(
                new StatementRequest(account, channel, job.Period.First, job.Period.Last, Actor), content, cancellationToken);
        }
        catch (InvalidDataException damaged)
        {
            // The unpacker's word for bytes that are no archive.
            return Failed(job, $"the downloaded file is damaged: {damaged.Message}");
        }
        return outcome switch
        {
            ImportOutcome.Accepted accepted => Done(job, accepted.Reconciliation, "imported"),
            ImportOutcome.Repeated repeated => Done(job, repeated.Reconciliation, "the same file was imported before"),
            ImportOutcome.Refused refused => Failed(job, refused.Reason),
            ImportOutcome.TooLarge large => Failed(job, large.Reason),
            _ => Failed(job, "the import took too long"),
        };
    }

    private StatementFetchJob Done(StatementFetchJob job, ReconciliationRun run, string message)
    {
        LogFetched(log, job.Owner.GameId, job.Owner, job.Period, run.Id);
        return job with
        {
            State = StatementFetchState.Fetched, Failures = 0, Message = message, ReconciliationId = run.Id, DueMs = null,
        };
    }

    private StatementFetchJob Failed(StatementFetchJob job, string reason)
    {
        var message = reason.Length <= MessageMax ? reason : reason[..MessageMax];
        if (NowMs - job.CreatedMs >= (long)GiveUpAfter.TotalMilliseconds)
        {
            LogGivenUp(log, job.Owner.GameId, job.Owner, job.Period, message);
            return job with { State = StatementFetchState.Failed, Message = message, DueMs = null };
        }
        LogLater(log, job.Owner.GameId, job.Owner, job.Period, message);
        return job with
        {
            Failures = job.Failures + 1, Message = message,
            DueMs = NowMs + Math.Min(RetryMinMs << Math.Min(job.Failures, 10), RetryMaxMs),
        };
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "app {GameId}: the statement of {Channel} for {Period} was fetched: reconciliation {Id}")]
    private static partial void LogFetched(ILogger logger, long gameId, StatementOwner channel, StatementPeriod period, string id);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "app {GameId}: the statement of {Channel} for {Period} is tried again later: {Reason}")]
    private static partial void LogLater(ILogger logger, long gameId, StatementOwner channel, StatementPeriod period, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "app {GameId}: {Channel} refuses its statement for {Period}: {Reason}")]
    private static partial void LogRefused(ILogger logger, long gameId, StatementOwner channel, StatementPeriod period, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "app {GameId}: the statement of {Channel} for {Period} is not tried any more: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, long gameId, StatementOwner channel, StatementPeriod period, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "statement fetch {Id} failed by a fault of this service")]
    private static partial void LogBug(ILogger logger, string id, Exception bug);
}
