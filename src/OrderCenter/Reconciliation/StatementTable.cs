using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Reconciliation;

/// <summary>The lines of statements, and the totals of products: statements and rows.</summary>
internal static class StatementTable
{
    private static readonly SqlStatement InsertLineSql = SqlStatement.InsertOnce(
        "statement_lines",
        "reconciliation_id, transaction_key, line, kind, order_number, amount_e4, currency, units, at_ms, detail, product, " +
        "refund_number",
        "ttbitbtbbttt", key: "reconciliation_id, transaction_key, line");

    private static readonly SqlStatement LinesSql = new(
        "SELECT transaction_key, line, kind, order_number, amount_e4, currency, units, at_ms, detail, product, " +
        "refund_number FROM statement_lines WHERE reconciliation_id = $1 AND (transaction_key, line) > ($2, $3) " +
        "ORDER BY transaction_key, line LIMIT $4");

    private static readonly SqlStatement HasLineSql = new(
        "SELECT reconciliation_id, transaction_key FROM statement_lines WHERE reconciliation_id = $1 AND transaction_key = $2 LIMIT 1")
    {
        Batch = new(
            $"SELECT DISTINCT l.reconciliation_id, l.transaction_key FROM {BatchForm.Unnest("tt")} " +
            "JOIN statement_lines l ON l.reconciliation_id = u.p1 AND l.transaction_key = u.p2",
            "tt", Key: [0, 1]) { IsQuery = true },
    };

    private static readonly SqlStatement DeleteLinesSql = new(
        "DELETE FROM statement_lines WHERE reconciliation_id = $1 AND (transaction_key, line) IN " +
        "(SELECT transaction_key, line FROM statement_lines WHERE reconciliation_id = $1 ORDER BY transaction_key, line LIMIT $2)");

    private static readonly SqlStatement AddTotalSql = new(
        "INSERT INTO reconciliation_totals (reconciliation_id, product_id, currency, theirs_units, theirs_e4, ours_units, ours_e4) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (reconciliation_id, product_id, currency) DO UPDATE " +
        "SET theirs_units = reconciliation_totals.theirs_units + excluded.theirs_units, " +
        "theirs_e4 = reconciliation_totals.theirs_e4 + excluded.theirs_e4, ours_units = reconciliation_totals.ours_units + " +
        "excluded.ours_units, " +
        "ours_e4 = reconciliation_totals.ours_e4 + excluded.ours_e4");

    private static readonly SqlStatement TotalsSql = new(
        "SELECT product_id, currency, theirs_units, theirs_e4, ours_units, ours_e4 FROM reconciliation_totals " +
        "WHERE reconciliation_id = $1 AND (product_id, currency) > ($2, $3) ORDER BY product_id, currency LIMIT $4");

    private static readonly SqlStatement DeleteTotalsSql = new("DELETE FROM reconciliation_totals WHERE reconciliation_id = $1");

    private static readonly SqlStatement PaymentsSql = new(
        "SELECT settled_ms, transaction_id, environment, order_id FROM payments WHERE channel = $1 AND settled_ms < $2 " +
        "AND (settled_ms, transaction_id, environment) > ($3, $4, $5) " +
        "ORDER BY settled_ms, transaction_id, environment LIMIT $6");

    /// <summary>Keeps lines; they do not depend on one another.</summary>
    public static async ValueTask InsertAsync(Transaction transaction, string id, List<StoredStatementLine> lines)
    {
        var calls = lines.ConvertAll(line => transaction.ExecuteAsync(
            InsertLineSql, id, line.Key, line.Number, line.Kind, line.OrderNumber, line.AmountE4, line.Currency, line.Units,
            line.AtMs, line.Detail, line.Product, line.RefundNumber));
        foreach (var call in calls)
        {
            await call;
        }
    }

    /// <summary>Lines behind a line, in the order of their transactions.</summary>
    public static ValueTask<List<StoredStatementLine>> LinesAsync(
        Transaction transaction, string id, string afterKey, long afterLine, int most) =>
        transaction.QueryAsync(LinesSql, ReadLine, id, afterKey, afterLine, most);

    /// <summary>Whether a statement has a transaction of that number.</summary>
    public static async ValueTask<bool> HasAsync(Transaction transaction, string id, string key) =>
        (await transaction.QueryAsync(HasLineSql, row => row.GetString(1), id, key)).Count > 0;

    /// <returns>How many were deleted: fewer than that: they were the last.</returns>
    public static ValueTask<int> DeleteAsync(Transaction transaction, string id, int most) =>
        transaction.ExecuteAsync(DeleteLinesSql, id, most);

    /// <summary>Adds to a product's totals. It is no write that may be repeated: the caller's step must be fenced.</summary>
    public static ValueTask<int> AddTotalAsync(Transaction transaction, string id, ProductTotal more) =>
        transaction.ExecuteAsync(
            AddTotalSql, id, more.ProductId, more.Currency, more.TheirsUnits, more.TheirsE4, more.OursUnits, more.OursE4);

    public static ValueTask<List<ProductTotal>> TotalsAsync(
        Transaction transaction, string id, string afterProduct, string afterCurrency, int most) =>
        transaction.QueryAsync(
            TotalsSql,
            row => new ProductTotal(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
            id, afterProduct, afterCurrency, most);

    public static ValueTask<int> DeleteTotalsAsync(Transaction transaction, string id) => transaction.ExecuteAsync(DeleteTotalsSql, id);

    /// <summary>What a channel settled, behind a payment and before a time.</summary>
    public static ValueTask<List<SettledTransaction>> PaymentsAsync(
        Transaction transaction, string channel, long beforeMs, SettledTransaction after, int most) =>
        transaction.QueryAsync(
            PaymentsSql, row => new SettledTransaction(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            channel, beforeMs, after.SettledMs, after.TransactionId, after.Environment, most);

    private static StoredStatementLine ReadLine(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.Text(3), row.GetInt64(4), row.GetString(5), row.GetInt64(6),
        row.Number(7), row.Text(8), row.Text(9), row.Text(10));
}
