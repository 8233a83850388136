using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Operators.Audit;

namespace OrderCenter.Api.Exports;

/// <summary>The audit log as CSV.</summary>
internal sealed class AuditExport(AppCatalog apps, AuditQueries audit, CsvExport csv)
{
    private static readonly CsvTable<AuditRecord> s_table = new(
        "audit",
        [
            "id", "number", "at", "actor", "via", "role", "address", "action", "gameId", "target", "from", "to", "reason", "previousHash",
            "hash",
        ],
        Write);

    public static void Map(RouteGroupBuilder group, AuditExport export) =>
        group.MapGet("/audit.csv", (Delegate)export.RunAsync).AsCsv(GameSource.Query, "The audit log")
            .TakesQuery(RouteQueries.AuditFilters);

    private Task<IResult> RunAsync(HttpContext context) => csv.SendAsync(
        context, s_table, (query, games) => ListFilters.Audit(query, apps, games),
        filter => (filter.Games, (after, limit, cancellationToken) => audit.ListAsync(filter, after, limit, cancellationToken)));

    private static void Write(CsvCells cells, AuditRecord entry)
    {
        cells.Text(entry.Id);
        cells.Number(entry.Number);
        cells.Time(entry.AtMs);
        cells.Text(entry.Actor);
        cells.Text(entry.Via);
        cells.Text(entry.Role);
        cells.Text(entry.Address);
        cells.Text(entry.Action);
        cells.Number(entry.GameId);
        cells.Text(entry.Target);
        cells.Text(entry.Before);
        cells.Text(entry.After);
        cells.Text(entry.Reason);
        cells.Text(entry.PreviousHash);
        cells.Text(entry.Hash);
    }
}
