using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>What a file is a statement of.</summary>
public sealed record StatementAsked(App App, string Channel, DateOnly FirstDay, DateOnly LastDay, string Actor);

/// <summary>What came of sending a statement.</summary>
public abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    /// <summary>The file is here; it is matched from now on.</summary>
    public sealed record Accepted(Reconciliation Reconciliation) : ImportOutcome;

    /// <summary>The same file for the same days was here before.</summary>
    public sealed record Repeated(Reconciliation Reconciliation) : ImportOutcome;

    /// <summary>It is no statement of that store.</summary>
    public sealed record Refused(string Reason) : ImportOutcome;

    public sealed record TooLarge(string Reason) : ImportOutcome;

    /// <summary>Its lines were taken away while it came in: it stood still for too long.</summary>
    public sealed record TooSlow : ImportOutcome;
}

/// <summary>Takes statements in: line by line into the database, so that neither memory nor a file of this node holds them, and any node can go on.</summary>
public sealed partial class StatementImport(Store.Store store, BusinessDay businessDay, TimeProvider clock, ILogger<StatementImport> log)
{
    /// <summary>Lines of one commit.</summary>
    private const int BatchMax = 500;

    private const long LinesMax = 5_000_000;
    private const long AggregateLinesMax = 200_000;

    /// <summary>How many bad lines are listed; the rest is counted.</summary>
    private const int BadListedMax = 1000;

    /// <summary>How many files a node takes in at once.</summary>
    private const int AtOnceMax = 2;

    /// <summary>What is still read of a file that is refused, so that who sends it comes to reading why.</summary>
    private const long DrainBytesMax = 64L * 1024 * 1024;

    /// <summary>Lines of the days beside are kept: a payment at midnight may stand in either.</summary>
    private const long SlackMs = 86_400_000;

    private int _underWay;

    /// <summary>Told when a file is here and can be matched.</summary>
    public Action Imported { get; set; } = static () => { };

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Takes a file in.</summary>
    /// <exception cref="StoreBusyException">Too many files, or too many requests, come in at once.</exception>
    public async Task<ImportOutcome> ImportAsync(StatementAsked asked, Stream body, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _underWay) > AtOnceMax)
        {
            Interlocked.Decrement(ref _underWay);
            throw new StoreBusyException($"{AtOnceMax} statements come in at this moment; try again");
        }
        try
        {
            await using var file = new UploadStream(body);
            return await ImportAsync(asked, file, cancellationToken);
        }
        catch (UploadTooLargeException tooLarge)
        {
            return new ImportOutcome.TooLarge(tooLarge.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<ImportOutcome> ImportAsync(StatementAsked asked, UploadStream file, CancellationToken cancellationToken)
    {
        var opened = await StatementReader.OpenAsync(file, asked.Channel, asked.App, cancellationToken);
        if (opened is Opened.Refused refused)
        {
            await file.DrainAsync(DrainBytesMax, cancellationToken);
            return new ImportOutcome.Refused(refused.Reason);
        }
        await using var reader = ((Opened.Good)opened).Reader;
        var job = NewJob(asked, reader.Format);
        await store.WriteAsync(transaction => ReconciliationTable.InsertAsync(transaction, job), cancellationToken);
        var isHere = false;
        try
        {
            // 1. Line by line. Every commit says that the file still comes in.
            var staging = new Staging(store, clock, job, reader.Format.IsAggregate ? AggregateLinesMax : LinesMax);
            while (await reader.NextAsync(cancellationToken) is var (number, outcome))
            {
                if (!staging.Take(number, outcome))
                {
                    await file.DrainAsync(DrainBytesMax, cancellationToken);
                    return new ImportOutcome.TooLarge($"the file has more than {(reader.Format.IsAggregate ? AggregateLinesMax : LinesMax)} lines");
                }
                if (staging.IsFull && !await staging.KeepAsync(cancellationToken))
                {
                    return new ImportOutcome.TooSlow();
                }
            }
            if (!await staging.KeepAsync(cancellationToken))
            {
                return new ImportOutcome.TooSlow();
            }
            await file.DrainAsync(UploadStream.BytesMax, cancellationToken);

            // 2. The file has a name now: the first of that name is matched, the others are it.
            var digest = file.Digest();
            var holder = await store.WriteAsync<string?>(
                async transaction =>
                {
                    var first = await ReconciliationTable.ClaimFileAsync(transaction, FileKey(job, digest), job.Id);
                    return first != job.Id || await ReconciliationTable.ReceivedAsync(transaction, job.Id, digest, staging.Counts, NowMs) ? first : null;
                },
                cancellationToken);
            isHere = holder == job.Id;
            var known = holder is null ? null : await store.ReadAsync(transaction => ReconciliationTable.FindAsync(transaction, holder), cancellationToken);
            if (known is null)
            {
                return new ImportOutcome.TooSlow();
            }
            if (!isHere)
            {
                return new ImportOutcome.Repeated(known);
            }
            LogImported(log, job.Id, job.Channel, job.GameId, job.FirstDay, known.Counts.Lines, file.Count);
            Imported();
            return new ImportOutcome.Accepted(known);
        }
        catch (CsvFormatException)
        {
            await file.DrainAsync(DrainBytesMax, cancellationToken);
            return new ImportOutcome.Refused("the file holds a line that does not end: it is no statement");
        }
        finally
        {
            if (!isHere)
            {
                // Best said at once; if it cannot be, the row grows old and goes the same way.
                await DropAsync(job.Id);
            }
        }
    }

    private Reconciliation NewJob(StatementAsked asked, StatementFormat format) => new()
    {
        Id = "rec" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10)),
        Channel = asked.Channel,
        GameId = asked.App.GameId,
        FirstDay = BusinessDay.Text(asked.FirstDay),
        LastDay = BusinessDay.Text(asked.LastDay),
        FromMs = businessDay.StartMs(asked.FirstDay),
        ToMs = businessDay.StartMs(asked.LastDay.AddDays(1)),
        Format = format.Name,
        Actor = asked.Actor,
        CreatedMs = NowMs,
    };

    private async Task DropAsync(string id)
    {
        try
        {
            await store.WriteAsync(transaction => ReconciliationTable.DropAsync(transaction, id), CancellationToken.None);
        }
        catch (Exception fault) when (fault is StoreBusyException or System.Data.Common.DbException)
        {
            LogNotDropped(log, id, fault.Message);
        }
    }

    private static string FileKey(Reconciliation job, string digest) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{job.Channel}\n{job.GameId}\n{job.FromMs}\n{job.ToMs}\n{digest}")));

    /// <summary>Lines on their way into the database, and what was counted.</summary>
    private sealed class Staging(Store.Store store, TimeProvider clock, Reconciliation job, long linesMax)
    {
        private readonly List<StoredLine> _waiting = new(BatchMax);
        private readonly (DateOnly First, DateOnly Last) _days = (DateOnly.ParseExact(job.FirstDay, "yyyy-MM-dd"), DateOnly.ParseExact(job.LastDay, "yyyy-MM-dd"));
        private long _keptLines;

        public ReconciliationCounts Counts { get; private set; } = new();

        public bool IsFull => _waiting.Count >= BatchMax || Counts.Lines - _keptLines >= BatchMax * 20;

        /// <returns>False: there are more lines than any statement has.</returns>
        public bool Take(long number, LineOutcome outcome)
        {
            Counts = Counts with { Lines = Counts.Lines + 1 };
            switch (outcome)
            {
                case LineOutcome.Found { Line: var line }:
                    TakeFound(line);
                    break;
                case LineOutcome.Bad bad:
                    TakeBad(number, bad.Reason);
                    break;
                case LineOutcome.OtherGame:
                    Counts = Counts with { OtherGames = Counts.OtherGames + 1 };
                    break;
                default:
                    Counts = Counts with { Other = Counts.Other + 1 };
                    break;
            }
            return Counts.Lines <= linesMax;
        }

        /// <returns>False: nobody waits for the file any more.</returns>
        public async Task<bool> KeepAsync(CancellationToken cancellationToken)
        {
            _keptLines = Counts.Lines;
            var isKept = await store.WriteAsync(
                async transaction =>
                {
                    if (!await ReconciliationTable.ReceiveAsync(transaction, job.Id, Counts, clock.GetUtcNow().ToUnixTimeMilliseconds()))
                    {
                        return false;
                    }
                    await StatementTable.InsertAsync(transaction, job.Id, _waiting);
                    return true;
                },
                cancellationToken);
            _waiting.Clear();
            return isKept;
        }

        private void TakeFound(StatementLine line)
        {
            var isOfTheDay = line.Days is var (first, last) ? first >= _days.First && last <= _days.Last : line.AtMs >= job.FromMs && line.AtMs < job.ToMs;
            if (!isOfTheDay)
            {
                Counts = Counts with { OtherDays = Counts.OtherDays + 1 };
                if (line.AtMs is not { } atMs || atMs < job.FromMs - SlackMs || atMs >= job.ToMs + SlackMs)
                {
                    return;
                }
            }
            Counts = Counts with { Staged = Counts.Staged + 1 };
            _waiting.Add(new StoredLine(line.Key, line.Number, (int)line.Kind, line.OrderNumber, line.AmountE4, line.Currency, line.Units, line.AtMs, null));
        }

        private void TakeBad(long number, string reason)
        {
            Counts = Counts with { Bad = Counts.Bad + 1 };
            if (Counts.Bad <= BadListedMax)
            {
                Counts = Counts with { Staged = Counts.Staged + 1 };
                _waiting.Add(new StoredLine("", number, (int)LineKind.Bad, null, 0, "", 0, null, reason));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "reconciliation {Id}: statement of {Channel}, game {GameId}, {Day}: {Lines} lines, {Bytes} bytes")]
    private static partial void LogImported(ILogger logger, string id, string channel, long gameId, string day, long lines, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reconciliation {Id} could not be dropped, and will be in a while: {Reason}")]
    private static partial void LogNotDropped(ILogger logger, string id, string reason);
}
