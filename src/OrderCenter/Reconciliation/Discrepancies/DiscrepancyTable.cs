using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Reconciliation.Discrepancies;

/// <summary>The discrepancies that reconciliations found: statements and rows.</summary>
internal static class DiscrepancyTable
{
    private const string Columns =
        "number, kind, transaction_id, order_id, product_id, theirs_e4, theirs_currency, theirs_units, ours_e4, ours_currency, " +
        "ours_units, at_ms, line, detail, " +
        "repair, action, actor, reason, repaired_ms, outcome, is_part, refund_number, back_e4";

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO reconciliation_discrepancies (reconciliation_id, number, kind, transaction_id, order_id, product_id, theirs_e4, " +
        "theirs_currency, theirs_units, " +
        "ours_e4, ours_currency, ours_units, at_ms, line, detail, repair, is_part, refund_number, back_e4) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17, $18) " +
        "ON CONFLICT (reconciliation_id, number) DO NOTHING");

    private static readonly SqlStatement FindSql = new(
        "SELECT " + Columns + " FROM reconciliation_discrepancies WHERE reconciliation_id = $1 AND number = $2");

    // Compare and set: of two who repair at once one begins it, and nothing that was begun is begun anew as something else.
    private static readonly SqlStatement BeginSql = new(
        "UPDATE reconciliation_discrepancies SET repair = 1, action = $3, actor = $4, reason = $5, repaired_ms = $6 " +
        "WHERE reconciliation_id = $1 AND number = $2 AND repair = 0");

    private static readonly SqlStatement EndSql = new(
        "UPDATE reconciliation_discrepancies SET repair = 2, repaired_ms = $4, outcome = $5, order_id = $6 " +
        "WHERE reconciliation_id = $1 AND number = $2 AND repair = 1 AND action = $3");

    private static readonly SqlStatement BackSql = new(
        "UPDATE reconciliation_discrepancies SET repair = 0, outcome = $4 WHERE reconciliation_id = $1 AND number = $2 AND repair = 1 " +
        "AND action = $3");

    public static ValueTask<int> InsertAsync(Transaction transaction, string id, Discrepancy difference) =>
        transaction.ExecuteAsync(
            InsertSql, id, difference.Number, (int)difference.Kind, difference.TransactionId, difference.OrderId?.Value,
            difference.ProductId,
            difference.Theirs?.Money?.AmountE4, difference.Theirs?.Currency, difference.Theirs?.Units,
            difference.Ours?.Money?.AmountE4, difference.Ours?.Currency, difference.Ours?.Units,
            difference.AtMs, difference.Line, difference.Detail, difference.IsPart ? 1 : 0, difference.RefundNumber,
            difference.BackBefore?.AmountE4);

    public static ValueTask<Discrepancy?> FindAsync(Transaction transaction, string id, long number) =>
        transaction.FindAsync(FindSql, Read, id, number);

    public static ValueTask<List<Discrepancy>> ListAsync(
        Transaction transaction, string id, DiscrepancyKind? kind, ResolutionState? repair, long afterNumber, int most)
    {
        var where = new SearchConditions();
        where.Add("reconciliation_id = ? AND number > ?", id, afterNumber);
        where.Add("kind = ?", (int?)kind);
        where.Add("repair = ?", (int?)repair);
        var sql = $"SELECT {Columns} FROM reconciliation_discrepancies WHERE {where.Text} ORDER BY number LIMIT {where.Parameter(most)}";
        return transaction.QueryAsync(SqlStatement.Dynamic(sql), Read, where.Parameters);
    }

    /// <returns>False: it was begun before.</returns>
    public static async ValueTask<bool> BeginAsync(
        Transaction transaction, string id, long number, string action, string actor, string reason, long nowMs) =>
        await transaction.ExecuteAsync(BeginSql, id, number, action, actor, reason, nowMs) == 1;

    /// <returns>False: it has ended before.</returns>
    public static async ValueTask<bool> EndAsync(
        Transaction transaction, string id, long number, string action, OrderId? orderId, long nowMs, string outcome) =>
        await transaction.ExecuteAsync(EndSql, id, number, action, nowMs, outcome, orderId?.Value) == 1;

    /// <summary>What was begun could not be done: it is open again, with the reason.</summary>
    public static ValueTask<int> GiveBackAsync(Transaction transaction, string id, long number, string action, string outcome) =>
        transaction.ExecuteAsync(BackSql, id, number, action, outcome);

    private static Discrepancy Read(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Kind = (DiscrepancyKind)row.GetInt32(1),
        TransactionId = row.Text(2),
        OrderId = row.Text(3) is { } order ? OrderId.FromStore(order) : null,
        ProductId = row.Text(4),
        Theirs = ReadSide(row, 5),
        Ours = ReadSide(row, 8),
        AtMs = row.Number(11),
        Line = row.Number(12),
        Detail = row.GetString(13),
        Resolution = (ResolutionState)row.GetInt32(14),
        Action = row.Text(15),
        Actor = row.Text(16),
        Reason = row.Text(17),
        ResolvedMs = row.Number(18),
        Outcome = row.Text(19),
        IsPart = row.GetInt32(20) != 0,
        RefundNumber = row.Text(21),
        BackBefore = row.Number(22) is { } backE4 ? new Money(backE4) : null,
    };

    private static DiscrepancySide? ReadSide(DbDataReader row, int at) =>
        row.Number(at) is null && row.Number(at + 2) is null
            ? null
            : new DiscrepancySide(row.Number(at) is { } e4 ? new Money(e4) : null, row.Text(at + 1), row.Number(at + 2));
}
