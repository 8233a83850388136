using OrderCenter.Persistence;

namespace OrderCenter.Books;

/// <summary>The points ledger: the two lines of a posting add up to zero, and a balance is the sum of its user's lines.</summary>
internal static class LedgerChecks
{
    private const string UserAccount = "user";

    private static readonly SqlStatement PostingsSql = new(
        "SELECT uid, posting_key, amount_e4 FROM points_postings WHERE (uid, posting_key) > ($1, $2) ORDER BY uid, posting_key LIMIT $3");

    private static readonly SqlStatement LinesSql = new(
        "SELECT account, amount_e4 FROM points_lines WHERE uid = $1 AND posting_key = $2 LIMIT 100");

    private static readonly SqlStatement LinePageSql = new(
        "SELECT uid, posting_key, account FROM points_lines WHERE (uid, posting_key, account) > ($1, $2, $3) " +
        "ORDER BY uid, posting_key, account LIMIT $4");

    private static readonly SqlStatement PostingSql = new("SELECT uid FROM points_postings WHERE uid = $1 AND posting_key = $2");

    private static readonly SqlStatement BalancesSql = new(
        "SELECT uid, balance_e4 FROM points_balances WHERE uid > $1 ORDER BY uid LIMIT $2");

    private static readonly SqlStatement SumSql = new(
        "SELECT CAST(coalesce(sum(amount_e4), 0) AS bigint) FROM points_lines WHERE uid = $1 AND account = $2");

    public static IEnumerable<BooksCheck> All =>
    [
        new PagedCheck<PostingRow>(
            "points postings", PostingsSql, ["", ""], row => new PostingRow(row.GetString(0), row.GetString(1), row.GetInt64(2)),
            row => [row.Uid, row.Key], JudgePostingAsync),
        new PagedCheck<LineRow>(
            "points lines", LinePageSql, ["", "", ""], row => new LineRow(row.GetString(0), row.GetString(1), row.GetString(2)),
            row => [row.Uid, row.Key, row.Account], JudgeLineAsync),
        new PagedCheck<BalanceRow>(
            "points balances", BalancesSql, [""], row => new BalanceRow(row.GetString(0), row.GetInt64(1)), row => [row.Uid],
            JudgeBalanceAsync),
    ];

    private static async ValueTask<string?> JudgePostingAsync(Transaction transaction, PostingRow posting)
    {
        var lines = await transaction.QueryAsync(
            LinesSql, row => (Account: row.GetString(0), AmountE4: row.GetInt64(1)), posting.Uid, posting.Key);
        return lines.Sum(line => line.AmountE4) != 0 ? $"posting {posting.Key} of user {posting.Uid}: its lines do not add up to zero"
            : lines.Where(line => line.Account == UserAccount).Sum(line => line.AmountE4) != posting.AmountE4
                ? $"posting {posting.Key} of user {posting.Uid}: its lines are not of its amount"
            : null;
    }

    private static async ValueTask<string?> JudgeLineAsync(Transaction transaction, LineRow line) =>
        await transaction.FindAsync(PostingSql, row => row.GetString(0), line.Uid, line.Key) is null
            ? $"line {line.Account} of user {line.Uid}: its posting {line.Key} is missing"
            : null;

    private static async ValueTask<string?> JudgeBalanceAsync(Transaction transaction, BalanceRow balance)
    {
        var sum = (await transaction.QueryAsync(SumSql, row => row.GetInt64(0), balance.Uid, UserAccount))[0];
        return sum == balance.AmountE4 ? null
            : $"user {balance.Uid}: the balance is {balance.AmountE4} ten-thousandths of a point, the lines add up to {sum}";
    }

    private sealed record PostingRow(string Uid, string Key, long AmountE4);

    private sealed record LineRow(string Uid, string Key, string Account);

    private sealed record BalanceRow(string Uid, long AmountE4);
}
