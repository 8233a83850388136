using System.Data.Common;

namespace OrderCenter.Store;

/// <summary>A line of a statement as it waits to be matched.</summary>
internal sealed record StoredLine(string Key, long Number, int Kind, string? OrderNumber, long AmountE4, string Currency, long Units, long? AtMs, string? Detail);

/// <summary>Both sides of a product in a currency, where a store tells no transactions.</summary>
internal sealed record ProductTotal(string ProductId, string Currency, long TheirsUnits, long TheirsE4, long OursUnits, long OursE4);

/// <summary>The lines of statements, and the totals of products: statements and rows.</summary>
internal static class StatementTable
{
    private const string InsertLineSql =
        "INSERT INTO statement_lines (reconciliation_id, transaction_key, line, kind, order_number, amount_e4, currency, units, at_ms, detail) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (reconciliation_id, transaction_key, line) DO NOTHING";

    public static readonly ManyForm InsertLineMany = new(
        InsertLineSql,
        "INSERT INTO statement_lines (reconciliation_id, transaction_key, line, kind, order_number, amount_e4, currency, units, at_ms, detail) " +
        "SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9, p10 FROM " + ManyForm.Unnest(LineTypes) +
        " ON CONFLICT (reconciliation_id, transaction_key, line) DO NOTHING RETURNING reconciliation_id, transaction_key, line",
        LineTypes, Key: [0, 1, 2]);

    private const string LineTypes = "ttbitbtbbt";

    private const string LinesSql =
        "SELECT transaction_key, line, kind, order_number, amount_e4, currency, units, at_ms, detail FROM statement_lines " +
        "WHERE reconciliation_id = $1 AND (transaction_key, line) > ($2, $3) ORDER BY transaction_key, line LIMIT $4";

    private const string HasLineSql = "SELECT reconciliation_id, transaction_key FROM statement_lines WHERE reconciliation_id = $1 AND transaction_key = $2 LIMIT 1";

    public static readonly ManyForm HasLineMany = new(
        HasLineSql,
        "SELECT DISTINCT l.reconciliation_id, l.transaction_key FROM " + ManyForm.Unnest("tt") +
        " JOIN statement_lines l ON l.reconciliation_id = u.p1 AND l.transaction_key = u.p2",
        "tt", Key: [0, 1], KeyColumns: [0, 1]);

    private const string DeleteLinesSql =
        "DELETE FROM statement_lines WHERE reconciliation_id = $1 AND (transaction_key, line) IN " +
        "(SELECT transaction_key, line FROM statement_lines WHERE reconciliation_id = $1 ORDER BY transaction_key, line LIMIT $2)";

    private const string AddTotalSql =
        "INSERT INTO reconciliation_totals (reconciliation_id, product_id, currency, theirs_units, theirs_e4, ours_units, ours_e4) VALUES ($1, $2, $3, $4, $5, $6, $7) " +
        "ON CONFLICT (reconciliation_id, product_id, currency) DO UPDATE SET theirs_units = reconciliation_totals.theirs_units + excluded.theirs_units, " +
        "theirs_e4 = reconciliation_totals.theirs_e4 + excluded.theirs_e4, ours_units = reconciliation_totals.ours_units + excluded.ours_units, " +
        "ours_e4 = reconciliation_totals.ours_e4 + excluded.ours_e4";

    private const string TotalsSql =
        "SELECT product_id, currency, theirs_units, theirs_e4, ours_units, ours_e4 FROM reconciliation_totals " +
        "WHERE reconciliation_id = $1 AND (product_id, currency) > ($2, $3) ORDER BY product_id, currency LIMIT $4";

    private const string DeleteTotalsSql = "DELETE FROM reconciliation_totals WHERE reconciliation_id = $1";

    private const string PaymentsSql =
        "SELECT settled_ms, transaction_id, environment, order_id FROM payments WHERE channel = $1 AND settled_ms < $2 AND (settled_ms, transaction_id, environment) > ($3, $4, $5) " +
        "ORDER BY settled_ms, transaction_id, environment LIMIT $6";

    /// <summary>Keeps lines; they do not depend on one another.</summary>
    public static async ValueTask InsertAsync(Transaction transaction, string id, List<StoredLine> lines)
    {
        var asked = lines.ConvertAll(line => transaction.ExecuteAsync(
            InsertLineSql, id, line.Key, line.Number, line.Kind, line.OrderNumber, line.AmountE4, line.Currency, line.Units, line.AtMs, line.Detail));
        foreach (var call in asked)
        {
            await call;
        }
    }

    /// <summary>Lines behind a line, in the order of their transactions.</summary>
    public static ValueTask<List<StoredLine>> LinesAsync(Transaction transaction, string id, string afterKey, long afterLine, int most) =>
        transaction.QueryAsync(LinesSql, ReadLine, id, afterKey, afterLine, most);

    /// <summary>Whether a statement has a transaction of that number.</summary>
    public static async ValueTask<bool> HasAsync(Transaction transaction, string id, string key) =>
        (await transaction.QueryAsync(HasLineSql, row => row.GetString(1), id, key)).Count > 0;

    /// <returns>How many were deleted: fewer than asked for are the last.</returns>
    public static ValueTask<int> DeleteAsync(Transaction transaction, string id, int most) => transaction.ExecuteAsync(DeleteLinesSql, id, most);

    /// <summary>Adds to a product's totals. It is no write that may be repeated: the caller's step must be fenced.</summary>
    public static ValueTask<int> AddTotalAsync(Transaction transaction, string id, ProductTotal more) =>
        transaction.ExecuteAsync(AddTotalSql, id, more.ProductId, more.Currency, more.TheirsUnits, more.TheirsE4, more.OursUnits, more.OursE4);

    public static ValueTask<List<ProductTotal>> TotalsAsync(Transaction transaction, string id, string afterProduct, string afterCurrency, int most) =>
        transaction.QueryAsync(
            TotalsSql,
            row => new ProductTotal(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), id, afterProduct, afterCurrency, most);

    public static ValueTask<int> DeleteTotalsAsync(Transaction transaction, string id) => transaction.ExecuteAsync(DeleteTotalsSql, id);

    /// <summary>What a channel settled, behind a payment and before a time.</summary>
    public static ValueTask<List<SettledName>> PaymentsAsync(Transaction transaction, string channel, long beforeMs, SettledName after, int most) =>
        transaction.QueryAsync(
            PaymentsSql, row => new SettledName(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            channel, beforeMs, after.SettledMs, after.TransactionId, after.Environment, most);

    private static StoredLine ReadLine(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.Text(3), row.GetInt64(4), row.GetString(5), row.GetInt64(6), row.Number(7), row.Text(8));
}

/// <summary>One name of a payment that was settled.</summary>
internal sealed record SettledName(long SettledMs, string TransactionId, string Environment, string OrderId);
