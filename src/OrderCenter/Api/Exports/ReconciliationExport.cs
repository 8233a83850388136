using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Payments;
using OrderCenter.Persistence.Lists;
using OrderCenter.Reconciliation;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Api.Exports;

/// <summary>Reconciliations, and the differences of one, as CSV.</summary>
internal sealed class ReconciliationExport(
    AppCatalog apps, ReconciliationQueries reconciliations, ChannelRegistry channels, CsvExport csv)
{
    private static readonly CsvTable<ReconciliationRun> s_runs = new(
        "reconciliations",
        [
            "id", "channel", "gameId", "day", "lastDay", "format", "sha256", "state", "progress", "lines", "bad", "matched", "missingHere",
            "missingThere", "amountDiffers", "refundedThere", "differences", "open", "actor", "createdAt", "finishedAt", "account",
        ],
        Write);

    private static readonly CsvTable<Discrepancy> s_differences = new(
        "differences",
        [
            "number", "kind", "transactionId", "orderId", "productId", "theirsMoney", "theirsCurrency", "theirsUnits", "oursMoney",
            "oursCurrency", "oursUnits", "at", "line", "detail", "repair", "action", "actor", "reason", "repairedAt", "outcome",
        ],
        Write);

    private readonly IReadOnlyList<string> _stores = [.. channels.WithStatements];

    public static void Map(RouteGroupBuilder group, ReconciliationExport export)
    {
        group.MapGet("/reconciliations.csv", (Delegate)export.SendRunsAsync).AsCsv(GameSource.Query, "Reconciliations")
            .TakesQuery(RouteQueries.ReconciliationFilters(export._stores));
        group.MapGet("/reconciliations/{id}/differences.csv", export.SendDifferencesAsync)
            .AsCsv(GameSource.Reconciliation, "What differs, by number").TakesQuery(RouteQueries.DiscrepancyFilters);
    }

    private Task<IResult> SendRunsAsync(HttpContext context) => csv.SendAsync(
        context, s_runs, (query, games) => ListFilters.Reconciliations(query, apps, games, _stores),
        filter => (
            filter.Games,
            (after, limit, cancellationToken) =>
                reconciliations.ListAsync(filter.Channel, filter.Games, filter.OpenOnly, after, limit, cancellationToken)));

    private async Task<IResult> SendDifferencesAsync(string id, HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var (kind, state) = (query.Choice("kind", EnumTexts.Discrepancy), query.Choice("repair", EnumTexts.Resolution));
        if (query.Fault is { } fault)
        {
            return fault;
        }
        if (await ReconciliationsApi.FindAsync(reconciliations, id, context) is not { } run)
        {
            return ApiResult.NotFound("reconciliation");
        }
        return await csv.SendAsync(
            context, s_differences, CallerAccess.Of(context).Games.Only(run.GameId),
            async (after, limit, cancellationToken) =>
            {
                var items = await reconciliations.ListDiscrepanciesAsync(id, kind, state, after?.Ms ?? 0, limit, cancellationToken);
                return new ListPart<Discrepancy>(items, items.Count < limit ? null : new ListKey(items[^1].Number, ""));
            },
            id);
    }

    private static void Write(CsvCells cells, ReconciliationRun run)
    {
        var shown = ReconciliationsApi.Show(run);
        cells.Text(shown.Id);
        cells.Text(shown.Channel);
        cells.Number(shown.GameId);
        cells.Text(shown.Day);
        cells.Text(shown.LastDay);
        cells.Text(shown.Format);
        cells.Text(shown.Sha256);
        cells.Text(shown.State);
        cells.Number(shown.Progress);
        cells.Number(shown.Counts.Lines);
        cells.Number(shown.Counts.Bad);
        cells.Number(shown.Counts.Matched);
        cells.Number(shown.Counts.MissingHere);
        cells.Number(shown.Counts.MissingThere);
        cells.Number(shown.Counts.AmountDiffers);
        cells.Number(shown.Counts.RefundedThere);
        cells.Number(shown.Differences);
        cells.Number(shown.Open);
        cells.Text(shown.Actor);
        cells.Time(run.CreatedMs);
        cells.Time(run.FinishedMs);
        cells.Text(shown.Account);
    }

    private static void Write(CsvCells cells, Discrepancy difference)
    {
        cells.Number(difference.Number);
        cells.Text(EnumTexts.Discrepancy[difference.Kind]);
        cells.Text(difference.TransactionId);
        cells.Text(difference.OrderId?.Value);
        cells.Text(difference.ProductId);
        Write(cells, difference.Theirs);
        Write(cells, difference.Ours);
        cells.Time(difference.AtMs);
        cells.Number(difference.Line);
        cells.Text(difference.Detail);
        cells.Text(EnumTexts.Resolution[difference.Resolution]);
        cells.Text(difference.Action);
        cells.Text(difference.Actor);
        cells.Text(difference.Reason);
        cells.Time(difference.ResolvedMs);
        cells.Text(difference.Outcome);
    }

    private static void Write(CsvCells cells, DiscrepancySide? side)
    {
        cells.Money(side?.Money);
        cells.Text(side?.Currency);
        cells.Number(side?.Units);
    }
}
