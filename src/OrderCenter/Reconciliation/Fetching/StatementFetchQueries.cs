using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Reconciliation.Fetching;

/// <summary>Reads which statements were fetched, and which were not.</summary>
public sealed class StatementFetchQueries(Database database)
{
    /// <summary>A part of the fetches, newest first, behind a place.</summary>
    public Task<ListPart<StatementFetchJob>> ListAsync(
        string? channel, GameLimit games, StatementFetchState? state, ListKey? after, int limit, CancellationToken cancellationToken)
    {
        var scan = new ListScan<StatementFetchJob>(StatementFetchTable.List);
        scan.AddRange();
        scan.AddFilter("channel = ?", channel);
        scan.AddFilter("state = ?", (int?)state);
        scan.FilterGames(games);
        return database.SearchAsync(transaction => scan.ReadAsync(transaction, after, limit), cancellationToken);
    }

    public static string Name(StatementFetchState state) => state switch
    {
        StatementFetchState.Waiting => "waiting",
        StatementFetchState.Fetched => "fetched",
        _ => "failed",
    };
}
