using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.OpenWork;

/// <summary>Counts rows by game or endpoint, along an index that holds only what is counted, and no further than
/// <see cref="CountMax"/> rows of each: nearly always one statement over a handful of rows, and a bounded number of them after a long
/// outage.</summary>
internal static class CappedCounts
{
    public const int CountMax = 10_000;

    /// <summary>How many statements at most; what they do not reach is missing, and said to be.</summary>
    private const int StepsMax = 64;

    /// <summary>A count by game.</summary>
    /// <param name="table">The table.</param>
    /// <param name="condition">The condition of the partial index, which begins with <c>game_id</c>.</param>
    public static SqlStatement ByGame(string table, string condition) => new(
        $"SELECT game_id, count(*) FROM (SELECT game_id FROM {table} WHERE {condition} AND game_id > $1 ORDER BY game_id LIMIT $2) few " +
        "GROUP BY game_id ORDER BY game_id");

    public static Task<Counts<long>> ByGameAsync(Transaction transaction, SqlStatement statement) =>
        RunAsync(transaction, statement, static row => new CountedKey<long>(row.GetInt64(0), row.GetInt64(1)), after: -1L);

    /// <summary>Counts what a statement counts behind <c>$1</c>, over at most <c>$2</c> rows, in the order of its keys.</summary>
    /// <param name="transaction">The transaction of all counts.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="read">Reads a row of its result.</param>
    /// <param name="after">Before any key.</param>
    public static async Task<Counts<TKey>> RunAsync<TKey>(
        Transaction transaction, SqlStatement statement, Func<DbDataReader, CountedKey<TKey>> read, TKey after)
    {
        var all = new List<CountedKey<TKey>>();
        for (var step = 0; step < StepsMax; step++)
        {
            var page = await transaction.QueryAsync(statement, read, after, CountMax + 1);
            if (page.Sum(counted => counted.Count) <= CountMax)
            {
                all.AddRange(page);
                return new Counts<TKey>(all, IsComplete: true);
            }

            // The last key may have rows behind this page: it is counted anew from its first row, unless it fills a page by itself.
            if (page.Count == 1)
            {
                all.Add(page[0] with { Count = CountMax, IsMore = true });
            }
            else
            {
                page.RemoveAt(page.Count - 1);
                all.AddRange(page);
            }
            after = page[^1].Key;
        }
        return new Counts<TKey>(all, IsComplete: false);
    }

    /// <param name="Keys">In their order.</param>
    /// <param name="IsComplete">Whether all keys are there.</param>
    internal sealed record Counts<TKey>(IReadOnlyList<CountedKey<TKey>> Keys, bool IsComplete);
}
