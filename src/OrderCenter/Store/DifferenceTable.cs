using System.Data.Common;
using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>In what way two sides differ.</summary>
public enum DifferenceKind
{
    /// <summary>Paid there, not here.</summary>
    MissingHere = 1,

    /// <summary>Paid here, not there.</summary>
    MissingThere = 2,
    AmountDiffers = 3,

    /// <summary>Refunded there, not here.</summary>
    RefundedThere = 4,
    BadLine = 5,
}

/// <summary>How far the repair of a difference is.</summary>
public enum RepairState
{
    Open = 0,

    /// <summary>Begun; the same again takes it to its end.</summary>
    Begun = 1,
    Done = 2,
}

/// <summary>An amount, and of how many pieces.</summary>
public sealed record Side(Money? Money, string? Currency, long? Units);

/// <summary>A difference between a statement and us, and what was done about it.</summary>
public sealed record Difference
{
    public long Number { get; init; }
    public required DifferenceKind Kind { get; init; }
    public string? TransactionId { get; init; }
    public OrderId? OrderId { get; init; }
    public string? ProductId { get; init; }
    public Side? Theirs { get; init; }
    public Side? Ours { get; init; }
    public long? AtMs { get; init; }

    /// <summary>Where it stands in the file.</summary>
    public long? Line { get; init; }

    public required string Detail { get; init; }
    public RepairState Repair { get; init; }
    public string? Action { get; init; }
    public string? Actor { get; init; }
    public string? Reason { get; init; }
    public long? RepairedMs { get; init; }
    public string? Outcome { get; init; }
}

/// <summary>Differences: statements and rows.</summary>
internal static class DifferenceTable
{
    private const string Columns =
        "number, kind, transaction_id, order_id, product_id, theirs_e4, theirs_currency, theirs_units, ours_e4, ours_currency, ours_units, at_ms, line, detail, " +
        "repair, action, actor, reason, repaired_ms, outcome";

    private const string InsertSql =
        "INSERT INTO reconciliation_differences (reconciliation_id, number, kind, transaction_id, order_id, product_id, theirs_e4, theirs_currency, theirs_units, " +
        "ours_e4, ours_currency, ours_units, at_ms, line, detail, repair) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0) " +
        "ON CONFLICT (reconciliation_id, number) DO NOTHING";

    private const string FindSql = "SELECT " + Columns + " FROM reconciliation_differences WHERE reconciliation_id = $1 AND number = $2";

    private const string ListSql =
        "SELECT " + Columns + " FROM reconciliation_differences WHERE reconciliation_id = $1 AND number > $2 ORDER BY number LIMIT $3";

    private const string ListKindSql =
        "SELECT " + Columns + " FROM reconciliation_differences WHERE reconciliation_id = $1 AND kind = $4 AND number > $2 ORDER BY number LIMIT $3";

    // Compare and set: of two who repair at once one begins it, and nothing that was begun is begun anew as something else.
    private const string BeginSql =
        "UPDATE reconciliation_differences SET repair = 1, action = $3, actor = $4, reason = $5, repaired_ms = $6 " +
        "WHERE reconciliation_id = $1 AND number = $2 AND repair = 0";

    private const string EndSql =
        "UPDATE reconciliation_differences SET repair = 2, repaired_ms = $4, outcome = $5, order_id = $6 WHERE reconciliation_id = $1 AND number = $2 AND repair = 1 AND action = $3";

    private const string BackSql =
        "UPDATE reconciliation_differences SET repair = 0, outcome = $4 WHERE reconciliation_id = $1 AND number = $2 AND repair = 1 AND action = $3";

    public static ValueTask<int> InsertAsync(Transaction transaction, string id, Difference difference) =>
        transaction.ExecuteAsync(
            InsertSql, id, difference.Number, (int)difference.Kind, difference.TransactionId, difference.OrderId?.Value, difference.ProductId,
            difference.Theirs?.Money?.AmountE4, difference.Theirs?.Currency, difference.Theirs?.Units, difference.Ours?.Money?.AmountE4, difference.Ours?.Currency, difference.Ours?.Units,
            difference.AtMs, difference.Line, difference.Detail);

    public static ValueTask<Difference?> FindAsync(Transaction transaction, string id, long number) => transaction.FindAsync(FindSql, Read, id, number);

    public static ValueTask<List<Difference>> ListAsync(Transaction transaction, string id, DifferenceKind? kind, long afterNumber, int most) =>
        kind is { } only
            ? transaction.QueryAsync(ListKindSql, Read, id, afterNumber, most, (int)only)
            : transaction.QueryAsync(ListSql, Read, id, afterNumber, most);

    /// <returns>False: it was begun before.</returns>
    public static async ValueTask<bool> BeginAsync(Transaction transaction, string id, long number, string action, string actor, string reason, long nowMs) =>
        await transaction.ExecuteAsync(BeginSql, id, number, action, actor, reason, nowMs) == 1;

    /// <returns>False: it has ended before.</returns>
    public static async ValueTask<bool> EndAsync(Transaction transaction, string id, long number, string action, OrderId? orderId, long nowMs, string outcome) =>
        await transaction.ExecuteAsync(EndSql, id, number, action, nowMs, outcome, orderId?.Value) == 1;

    /// <summary>What was begun could not be done: it is open again, with what was said.</summary>
    public static ValueTask<int> GiveBackAsync(Transaction transaction, string id, long number, string action, string outcome) =>
        transaction.ExecuteAsync(BackSql, id, number, action, outcome);

    private static Difference Read(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Kind = (DifferenceKind)row.GetInt32(1),
        TransactionId = row.Text(2),
        OrderId = row.Text(3) is { } order ? OrderId.FromStore(order) : null,
        ProductId = row.Text(4),
        Theirs = ReadSide(row, 5),
        Ours = ReadSide(row, 8),
        AtMs = row.Number(11),
        Line = row.Number(12),
        Detail = row.GetString(13),
        Repair = (RepairState)row.GetInt32(14),
        Action = row.Text(15),
        Actor = row.Text(16),
        Reason = row.Text(17),
        RepairedMs = row.Number(18),
        Outcome = row.Text(19),
    };

    private static Side? ReadSide(DbDataReader row, int at) =>
        row.Number(at) is null && row.Number(at + 2) is null ? null : new Side(row.Number(at) is { } e4 ? new Money(e4) : null, row.Text(at + 1), row.Number(at + 2));
}
