using System.Globalization;
using CsvHelper;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>Reads reconciliations and their discrepancies.</summary>
public sealed class ReconciliationQueries(Database database)
{
    private const int ExportPageMax = 500;

    private static readonly string[] CsvColumns =
    [
        "number", "kind", "transactionId", "orderId", "productId", "theirsMoney", "theirsCurrency", "theirsUnits", "oursMoney",
        "oursCurrency", "oursUnits", "at", "line", "detail",
        "repair", "action", "actor", "reason", "repairedAt", "outcome",
    ];

    /// <returns>Null: there is none, or the limit does not allow its game.</returns>
    public Task<ReconciliationRun?> FindAsync(string id, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await ReconciliationTable.FindAsync(transaction, id) is { } run && games.Allows(run.GameId) ? run : null,
            cancellationToken);

    /// <summary>Reconciliations, newest first, behind a position.</summary>
    public Task<List<ReconciliationRun>> ListAsync(
        string? channel, GameLimit games, bool openOnly, (long CreatedMs, string Id)? after, int limit, CancellationToken cancellationToken)
    {
        var conditions = new SearchConditions();
        conditions.Add("state <> 5");
        conditions.Add("channel = ?", channel);
        conditions.AddGames(games);
        if (openOnly)
        {
            conditions.Add("differences > repaired");
        }
        conditions.Add("(created_ms, reconciliation_id) < (?, ?)", after?.CreatedMs, after?.Id);
        var order = $"ORDER BY created_ms DESC, reconciliation_id DESC LIMIT {conditions.Parameter(limit)}";
        var sql = ReconciliationTable.SelectWhere(conditions.Text, order);
        return database.SearchAsync(
            transaction => transaction.QueryAsync(sql, ReconciliationTable.Read, conditions.Parameters), cancellationToken);
    }

    /// <summary>Discrepancies in the order of their numbers, behind one.</summary>
    public Task<List<Discrepancy>> ListDiscrepanciesAsync(
        string id, DiscrepancyKind? kind, ResolutionState? resolution, long afterNumber, int limit, CancellationToken cancellationToken) =>
        database.SearchAsync(
            transaction => DiscrepancyTable.ListAsync(transaction, id, kind, resolution, afterNumber, limit), cancellationToken);

    /// <summary>Writes all discrepancies as CSV, a page at a time, so that memory is bounded.</summary>
    public async Task WriteCsvAsync(
        string id, DiscrepancyKind? kind, ResolutionState? resolution, Stream to, CancellationToken cancellationToken)
    {
        // Spreadsheets know UTF-8 by the mark at the beginning, and would run a value that looks like a formula.
        var options = new CsvWriterOptions { WriteByteOrderMark = true, Injection = CsvInjection.Escape };
        await using var csv = CsvWriter.Create(to, options, leaveOpen: true);
        foreach (var column in CsvColumns)
        {
            csv.WriteField(column);
        }
        await csv.EndRecordAsync(cancellationToken);
        var after = 0L;
        List<Discrepancy> page;
        do
        {
            page = await ListDiscrepanciesAsync(id, kind, resolution, after, ExportPageMax, cancellationToken);
            foreach (var discrepancy in page)
            {
                foreach (var value in Values(discrepancy))
                {
                    csv.WriteField(value);
                }
                await csv.EndRecordAsync(cancellationToken);
                after = discrepancy.Number;
            }
            await csv.FlushAsync(cancellationToken);
        }
        while (page.Count == ExportPageMax);
    }

    private static IEnumerable<string?> Values(Discrepancy discrepancy) =>
    [
        Text(discrepancy.Number), Name(discrepancy.Kind), discrepancy.TransactionId, discrepancy.OrderId?.Value, discrepancy.ProductId,
        discrepancy.Theirs?.Money?.ToString(), discrepancy.Theirs?.Currency, Text(discrepancy.Theirs?.Units),
        discrepancy.Ours?.Money?.ToString(), discrepancy.Ours?.Currency, Text(discrepancy.Ours?.Units),
        Time(discrepancy.AtMs), Text(discrepancy.Line), discrepancy.Detail,
        Name(discrepancy.Resolution), discrepancy.Action, discrepancy.Actor, discrepancy.Reason,
        Time(discrepancy.ResolvedMs), discrepancy.Outcome,
    ];

    public static string Name(DiscrepancyKind kind) => kind switch
    {
        DiscrepancyKind.MissingHere => "missingHere",
        DiscrepancyKind.MissingThere => "missingThere",
        DiscrepancyKind.AmountDiffers => "amountDiffers",
        DiscrepancyKind.RefundedThere => "refundedThere",
        _ => "badLine",
    };

    public static string Name(ResolutionState resolution) => resolution switch
    {
        ResolutionState.Open => "open",
        ResolutionState.Begun => "begun",
        _ => "done",
    };

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Time(long? unixMs) =>
        unixMs is { } ms
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null;
}
