using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Books;

/// <summary>A check of the rows of one table, in the order of their keys.</summary>
/// <param name="name">What it walks.</param>
/// <param name="page">Reads rows behind a key: its parameters are the key's values and how many at most.</param>
/// <param name="first">What is before every key.</param>
/// <param name="read">Reads a row.</param>
/// <param name="keyOf">A row's key.</param>
/// <param name="judgeAsync">What is wrong about a row; null: nothing.</param>
internal sealed class PagedCheck<T>(
    string name, SqlStatement page, object[] first, Func<DbDataReader, T> read, Func<T, object[]> keyOf,
    Func<Transaction, T, ValueTask<string?>> judgeAsync) : BooksCheck(name)
{
    private const int PageMax = 200;

    public override async ValueTask<BooksStep> StepAsync(Transaction transaction, object? after)
    {
        var rows = await transaction.QueryAsync(page, read, [.. (object[]?)after ?? first, PageMax]);

        // All begin before the first is awaited, so that they share round trips.
        var verdicts = rows.ConvertAll(row => judgeAsync(transaction, row).AsTask());
        var faults = new List<string>();
        foreach (var verdict in verdicts)
        {
            if (await verdict is { } fault)
            {
                faults.Add(fault);
            }
        }
        return new BooksStep(rows.Count, faults, rows.Count == PageMax ? keyOf(rows[^1]) : null);
    }
}
