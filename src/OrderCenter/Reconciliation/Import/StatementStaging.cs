using OrderCenter.Domain;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;

namespace OrderCenter.Reconciliation.Import;

/// <summary>The lines of an upload that wait to be stored, and its counts.</summary>
internal sealed class StatementStaging(Database database, TimeProvider clock, ReconciliationRun run, long linesMax)
{
    private const int BatchMax = 500;

    /// <summary>Further bad lines are counted and not stored.</summary>
    private const int BadMax = 1000;

    /// <summary>Lines of the days beside are stored too: a payment at midnight may be in either statement.</summary>
    private const long NeighbourMs = 86_400_000;

    private readonly List<StoredStatementLine> _waiting = new(BatchMax);
    private readonly DateOnly _first = DateOnly.ParseExact(run.FirstDay, "yyyy-MM-dd");
    private readonly DateOnly _last = DateOnly.ParseExact(run.LastDay, "yyyy-MM-dd");
    private long _storedLines;

    public ReconciliationCounts Counts { get; private set; } = new();

    public bool IsFull => _waiting.Count >= BatchMax || Counts.Lines - _storedLines >= BatchMax * 20;

    /// <returns>False: the file has too many lines.</returns>
    public bool Add(long number, LineOutcome outcome)
    {
        Counts = Counts with { Lines = Counts.Lines + 1 };
        switch (outcome)
        {
            case LineOutcome.Found { Line: var line }:
                AddFound(line);
                break;
            case LineOutcome.Bad bad:
                AddBad(number, bad.Reason);
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

    /// <returns>False: the upload was dropped meanwhile.</returns>
    public async Task<bool> StoreAsync(CancellationToken cancellationToken)
    {
        _storedLines = Counts.Lines;
        var isStored = await database.WriteAsync(
            async transaction =>
            {
                if (!await ReconciliationTable.ReceiveAsync(transaction, run.Id, Counts, clock.NowMs()))
                {
                    return false;
                }
                await StatementTable.InsertAsync(transaction, run.Id, _waiting);
                return true;
            },
            cancellationToken);
        _waiting.Clear();
        return isStored;
    }

    private void AddFound(StatementLine line)
    {
        var isOfTheDay = line.Days is var (first, last)
            ? first >= _first && last <= _last
            : line.AtMs >= run.FromMs && line.AtMs < run.ToMs;
        if (!isOfTheDay)
        {
            Counts = Counts with { OtherDays = Counts.OtherDays + 1 };
            if (line.AtMs is not { } atMs || atMs < run.FromMs - NeighbourMs || atMs >= run.ToMs + NeighbourMs)
            {
                return;
            }
        }
        Counts = Counts with { Staged = Counts.Staged + 1 };
        _waiting.Add(new StoredStatementLine(
            line.Key, line.Number, (int)line.Kind, line.OrderNumber, line.AmountE4, line.Currency, line.Units, line.AtMs, null,
            line.Product, line.RefundNumber));
    }

    private void AddBad(long number, string reason)
    {
        Counts = Counts with { Bad = Counts.Bad + 1 };
        if (Counts.Bad <= BadMax)
        {
            Counts = Counts with { Staged = Counts.Staged + 1 };
            _waiting.Add(new StoredStatementLine("", number, (int)LineKind.Bad, null, 0, "", 0, null, reason));
        }
    }
}
