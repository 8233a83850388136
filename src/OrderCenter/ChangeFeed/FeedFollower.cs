using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ChangeFeed;

/// <summary>Follows the feeds of all games at their ends, whichever node numbers them: how far each has come since the last look, and the
/// newest changes. One look costs one query, and a bounded number of pages, however much has changed.</summary>
public sealed class FeedFollower(Database database)
{
    public const int NewestMax = 50;

    /// <summary>Of how many games the newest changes are read in one look.</summary>
    private const int GamesReadMax = 50;

    /// <summary>The last number of each game; null: there was no look yet.</summary>
    private Dictionary<long, long>? _heads;

    /// <summary>Begins anew: what happens until the next look is not told.</summary>
    public void Reset() => _heads = null;

    /// <summary>What has happened since the look before; nothing, where this is the first.</summary>
    /// <param name="isWanted">Whether a game's changes are wanted.</param>
    /// <param name="cancellationToken">Stops the wait for the database.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the next look tells all.</exception>
    public async Task<IReadOnlyList<GameChanges>> NextAsync(Func<long, bool> isWanted, CancellationToken cancellationToken)
    {
        var before = _heads;
        var (heads, changes) = await database.SearchAsync(
            async transaction =>
            {
                var heads = await ChangeTable.HeadsAsync(transaction);
                var moved = before is null ? [] : heads
                    .Where(head => head.Last > before.GetValueOrDefault(head.GameId) && isWanted(head.GameId))
                    .Select(head => (head.GameId, Count: head.Last - before.GetValueOrDefault(head.GameId), head.Last)).ToList();
                var reading = moved.Take(GamesReadMax).Select(
                    game => ChangeTable.BehindAsync(
                        transaction, game.GameId, game.Last - Math.Min(NewestMax, game.Count), NewestMax).AsTask())
                    .ToList();
                var changes = new List<GameChanges>(moved.Count);
                for (var i = 0; i < moved.Count; i++)
                {
                    var newest = i < reading.Count ? (await reading[i]).Changes.ConvertAll(numbered => numbered.Change) : [];
                    changes.Add(new GameChanges(moved[i].GameId, moved[i].Count, newest));
                }
                return (heads, changes);
            },
            cancellationToken);
        _heads = heads.ToDictionary(head => head.GameId, head => head.Last);
        return changes;
    }
}
