using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Reconciliation.Import;

/// <summary>Imports statements line by line into the database, so that memory is bounded and any node can reconcile
/// them.</summary>
public sealed partial class StatementImport(Database database, BusinessDay businessDay, TimeProvider clock, ILogger<StatementImport> log)
{
    private const long LinesMax = 5_000_000;
    private const long AggregateLinesMax = 200_000;

    private const int ConcurrentMax = 2;

    /// <summary>How much is still read of a refused file, so that the sender comes to reading the response.</summary>
    private const long DrainBytesMax = 64L * 1024 * 1024;

    private int _running;

    /// <summary>A file is stored and can be reconciled.</summary>
    public event EventHandler? Imported;

    private long NowMs => clock.NowMs();

    /// <exception cref="DatabaseBusyException">Too many uploads or requests at once.</exception>
    public async Task<ImportOutcome> ImportAsync(StatementRequest request, Stream body, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) > ConcurrentMax)
        {
            Interlocked.Decrement(ref _running);
            throw new DatabaseBusyException($"{ConcurrentMax} statements come in at this moment; try again");
        }
        try
        {
            await using var file = new UploadStream(body);
            return await ImportAsync(request, file, cancellationToken);
        }
        catch (UploadTooLargeException tooLarge)
        {
            return new ImportOutcome.TooLarge(tooLarge.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<ImportOutcome> ImportAsync(StatementRequest request, UploadStream file, CancellationToken cancellationToken)
    {
        var opened = await StatementReader.OpenAsync(file, request.Channel, request.Account.View, cancellationToken);
        if (opened is OpenedStatement.Refused refused)
        {
            await file.DrainAsync(DrainBytesMax, cancellationToken);
            return new ImportOutcome.Refused(refused.Reason);
        }
        await using var reader = ((OpenedStatement.Good)opened).Reader;
        var run = NewRun(request, reader.Format);
        await database.WriteAsync(transaction => ReconciliationTable.InsertAsync(transaction, run), cancellationToken);
        var isStored = false;
        try
        {
            // 1. The lines. Every commit renews the upload.
            var linesMax = reader.Format.IsAggregate ? AggregateLinesMax : LinesMax;
            var staging = new StatementStaging(database, clock, run, linesMax);
            while (await reader.NextAsync(cancellationToken) is var (number, outcome))
            {
                if (!staging.Add(number, outcome))
                {
                    await file.DrainAsync(DrainBytesMax, cancellationToken);
                    return new ImportOutcome.TooLarge($"the file has more than {linesMax} lines");
                }
                if (staging.IsFull && !await staging.StoreAsync(cancellationToken))
                {
                    return new ImportOutcome.TooSlow();
                }
            }
            if (!await staging.StoreAsync(cancellationToken))
            {
                return new ImportOutcome.TooSlow();
            }
            await file.DrainAsync(UploadStream.BytesMax, cancellationToken);

            // 2. The digest: of equal files only the first is reconciled.
            var digest = file.Digest();
            var firstId = await database.WriteAsync<string?>(
                async transaction =>
                {
                    var first = await ReconciliationTable.ClaimFileAsync(transaction, FileKey(run, digest), run.Id);
                    var isReceived = first != run.Id
                        || await ReconciliationTable.ReceivedAsync(transaction, run.Id, digest, staging.Counts, NowMs);
                    if (first == run.Id && isReceived)
                    {
                        AuditTrail.Append(
                            transaction,
                            new AuditFact("reconciliation.import", run.GameId, run.Id)
                            {
                                After = $"{run.Statement}, {run.FirstDay} to {run.LastDay}, {staging.Counts.Lines} lines, SHA-256 {digest}",
                            },
                            NowMs);
                    }
                    return isReceived ? first : null;
                },
                cancellationToken);
            isStored = firstId == run.Id;
            var known = firstId is null
                ? null
                : await database.ReadAsync(transaction => ReconciliationTable.FindAsync(transaction, firstId), cancellationToken);
            if (known is null)
            {
                return new ImportOutcome.TooSlow();
            }
            if (!isStored)
            {
                return new ImportOutcome.Repeated(known);
            }
            LogImported(log, run.Id, run.Statement, run.GameId, run.FirstDay, known.Counts.Lines, file.Count);
            Imported?.Invoke(this, EventArgs.Empty);
            return new ImportOutcome.Accepted(known);
        }
        catch (CsvFormatException)
        {
            await file.DrainAsync(DrainBytesMax, cancellationToken);
            return new ImportOutcome.Refused("the file holds a line that does not end: it is no statement");
        }
        finally
        {
            if (!isStored)
            {
                // Where this fails, maintenance deletes it later.
                await DropAsync(run.Id);
            }
        }
    }

    private ReconciliationRun NewRun(StatementRequest request, StatementFormat format) => new()
    {
        Id = "rec" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10)),
        Channel = request.Channel.Name,
        Account = request.Account.Name,
        GameId = request.Account.View.GameId,
        FirstDay = BusinessDay.Text(request.FirstDay),
        LastDay = BusinessDay.Text(request.LastDay),
        FromMs = businessDay.StartMs(request.FirstDay),
        ToMs = businessDay.StartMs(request.LastDay.AddDays(1)),
        Format = format.Name,
        Actor = request.Actor,
        CreatedMs = NowMs,
    };

    private async Task DropAsync(string id)
    {
        try
        {
            await database.WriteAsync(transaction => ReconciliationTable.DropAsync(transaction, id), CancellationToken.None);
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            LogNotDropped(log, id, fault.Message);
        }
    }

    private static string FileKey(ReconciliationRun run, string digest) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{run.Statement}\n{run.GameId}\n{run.FromMs}\n{run.ToMs}\n{digest}")));

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "reconciliation {Id}: statement of {Channel}, game {GameId}, {Day}: {Lines} lines, {Bytes} bytes")]
    private static partial void LogImported(ILogger logger, string id, string channel, long gameId, string day, long lines, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reconciliation {Id} could not be dropped; maintenance deletes it later: {Reason}")]
    private static partial void LogNotDropped(ILogger logger, string id, string reason);
}
