using System.Globalization;
using CsvHelper;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>Reads reconciliations and what they found.</summary>
public sealed class Reconciliations(Store.Store store)
{
    private const int ExportPageMax = 500;

    private static readonly string[] CsvColumns =
    [
        "number", "kind", "transactionId", "orderId", "productId", "theirsMoney", "theirsCurrency", "theirsUnits", "oursMoney", "oursCurrency", "oursUnits", "at", "line", "detail",
        "repair", "action", "actor", "reason", "repairedAt", "outcome",
    ];

    public Task<Reconciliation?> FindAsync(string id, CancellationToken cancellationToken) =>
        store.ReadAsync(transaction => ReconciliationTable.FindAsync(transaction, id), cancellationToken);

    /// <summary>Reconciliations, newest first, from behind one.</summary>
    public Task<List<Reconciliation>> ListAsync(string? channel, long? gameId, (long CreatedMs, string Id)? after, int most, CancellationToken cancellationToken)
    {
        var conditions = new List<string> { "state <> 5" };
        var parameters = new List<object?>();
        if (channel is not null)
        {
            parameters.Add(channel);
            conditions.Add($"channel = ${parameters.Count}");
        }
        if (gameId is { } game)
        {
            parameters.Add(game);
            conditions.Add($"game_id = ${parameters.Count}");
        }
        if (after is var (ms, id))
        {
            parameters.Add(ms);
            parameters.Add(id);
            conditions.Add($"(created_ms, reconciliation_id) < (${parameters.Count - 1}, ${parameters.Count})");
        }
        parameters.Add(most);
        var sql = ReconciliationTable.SelectWhere(string.Join(" AND ", conditions), $"ORDER BY created_ms DESC, reconciliation_id DESC LIMIT ${parameters.Count}");
        return store.SearchAsync(transaction => transaction.QueryAsync(sql, ReconciliationTable.Read, [.. parameters]), cancellationToken);
    }

    /// <summary>Differences in the order of their numbers, from behind one.</summary>
    public Task<List<Difference>> DifferencesAsync(string id, DifferenceKind? kind, long afterNumber, int most, CancellationToken cancellationToken) =>
        store.SearchAsync(transaction => DifferenceTable.ListAsync(transaction, id, kind, afterNumber, most), cancellationToken);

    /// <summary>Writes all differences as CSV, a page at a time, so that memory does not grow with them.</summary>
    public async Task WriteCsvAsync(string id, DifferenceKind? kind, Stream to, CancellationToken cancellationToken)
    {
        // The mark at the beginning is what tells spreadsheets that it is UTF-8; a value that one would take for a formula is escaped.
        await using var csv = CsvWriter.Create(to, new CsvWriterOptions { WriteByteOrderMark = true, Injection = CsvInjection.Escape }, leaveOpen: true);
        foreach (var column in CsvColumns)
        {
            csv.WriteField(column);
        }
        await csv.EndRecordAsync(cancellationToken);
        var after = 0L;
        List<Difference> page;
        do
        {
            page = await DifferencesAsync(id, kind, after, ExportPageMax, cancellationToken);
            foreach (var difference in page)
            {
                foreach (var value in Values(difference))
                {
                    csv.WriteField(value);
                }
                await csv.EndRecordAsync(cancellationToken);
                after = difference.Number;
            }
            await csv.FlushAsync(cancellationToken);
        }
        while (page.Count == ExportPageMax);
    }

    private static IEnumerable<string?> Values(Difference difference) =>
    [
        Text(difference.Number), Name(difference.Kind), difference.TransactionId, difference.OrderId?.Value, difference.ProductId,
        difference.Theirs?.Money?.ToString(), difference.Theirs?.Currency, Text(difference.Theirs?.Units), difference.Ours?.Money?.ToString(), difference.Ours?.Currency, Text(difference.Ours?.Units),
        Time(difference.AtMs), Text(difference.Line), difference.Detail,
        Name(difference.Repair), difference.Action, difference.Actor, difference.Reason, Time(difference.RepairedMs), difference.Outcome,
    ];

    public static string Name(DifferenceKind kind) => kind switch
    {
        DifferenceKind.MissingHere => "missingHere",
        DifferenceKind.MissingThere => "missingThere",
        DifferenceKind.AmountDiffers => "amountDiffers",
        DifferenceKind.RefundedThere => "refundedThere",
        _ => "badLine",
    };

    public static string Name(RepairState repair) => repair switch
    {
        RepairState.Open => "open",
        RepairState.Begun => "begun",
        _ => "done",
    };

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Time(long? unixMs) =>
        unixMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : null;
}
