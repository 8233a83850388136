using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>Reads reconciliations and their discrepancies.</summary>
public sealed class ReconciliationQueries(Database database)
{
    /// <returns>Null: there is none, or the limit does not allow its game.</returns>
    public Task<ReconciliationRun?> FindAsync(string id, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await ReconciliationTable.FindAsync(transaction, id) is { } run && games.Allows(run.GameId) ? run : null,
            cancellationToken);

    /// <summary>A part of the reconciliations, newest first, behind a place.</summary>
    public Task<ListPart<ReconciliationRun>> ListAsync(
        string? channel, GameLimit games, bool openOnly, ListKey? after, int limit, CancellationToken cancellationToken)
    {
        var scan = new ListScan<ReconciliationRun>(ReconciliationTable.List);
        scan.AddRange();
        scan.AddFilter("state <> 5");
        scan.AddFilter("channel = ?", channel);
        scan.FilterGames(games);
        if (openOnly)
        {
            scan.AddFilter("differences > repaired");
        }
        return database.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), cancellationToken);
    }

    /// <summary>Discrepancies in the order of their numbers, behind one.</summary>
    public Task<List<Discrepancy>> ListDiscrepanciesAsync(
        string id, DiscrepancyKind? kind, ResolutionState? resolution, long afterNumber, int limit, CancellationToken cancellationToken) =>
        database.SearchAsync(
            transaction => DiscrepancyTable.ListAsync(transaction, id, kind, resolution, afterNumber, limit), cancellationToken);

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
}
