using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The audit log: what people did to orders, and why. Rows are only ever added.</summary>
internal static class AuditLog
{
    private static readonly SqlStatement NextNumberSql = new("SELECT coalesce(max(number), 0) + 1 FROM audit_log WHERE order_id = $1");

    private static readonly SqlStatement InsertSql = SqlStatement.InsertOnce(
        "audit_log", "order_id, number, at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress", "tibtttiiii",
        key: "order_id, number");

    private static readonly SqlStatement DeleteSql = new("DELETE FROM audit_log WHERE order_id = $1 AND number = $2");

    private static readonly SqlStatement OfOrderSql = new(
        "SELECT at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress FROM audit_log WHERE order_id = $1 " +
        "ORDER BY number DESC LIMIT 200");

    /// <summary>Inserts an entry, and adds it to the installation's audit log where a person or a token made it.</summary>
    public static async ValueTask InsertAsync(Transaction transaction, long gameId, AuditEntry entry)
    {
        await InsertOfOrderAsync(transaction, entry);
        AppendToTrail(transaction, gameId, entry);
    }

    /// <summary>Adds an act to the installation's audit log.</summary>
    public static void AppendToTrail(Transaction transaction, long gameId, AuditEntry entry) =>
        AuditTrail.Append(
            transaction,
            new AuditFact(ActionOf(entry.Action), gameId, entry.OrderId.Value)
            {
                Before = StateText(entry.From), After = StateText(entry.To), Reason = entry.Reason,
            },
            entry.AtMs);

    /// <summary>Numbered by the order in which they changed the order's row, whatever the clocks of the nodes say. The caller adds it to
    /// the audit log once the order is known to have moved.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="entry">What was done.</param>
    /// <param name="isFirst">Whether it is most likely the order's first: the order has never moved.</param>
    /// <returns>Its number within the order.</returns>
    public static async ValueTask<int> InsertOfOrderAsync(Transaction transaction, AuditEntry entry, bool isFirst = false)
    {
        // Most orders have one entry. Who finds the number taken takes the next one.
        var number = 1;
        var isIn = isFirst
            ? await transaction.ExecuteOptimisticAsync(InsertSql, ValuesOf(entry, number))
            : await TryInsertAsync(transaction, entry, number);
        while (!isIn)
        {
            number = (await transaction.QueryAsync(NextNumberSql, row => row.GetInt32(0), entry.OrderId.Value))[0];
            isIn = await TryInsertAsync(transaction, entry, number);
        }
        return number;
    }

    /// <summary>Deletes an entry that this same transaction inserted.</summary>
    public static ValueTask<int> DeleteAsync(Transaction transaction, OrderId id, int number)
    {
        transaction.MarkRolledBack();
        return transaction.ExecuteAsync(DeleteSql, id.Value, number);
    }

    /// <summary><c>paid, held</c> is <c>order.paid-held</c> in the audit log.</summary>
    private static string ActionOf(string action) =>
        "order." + action.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-');

    private static string StateText(OrderState state) => $"{state.Pay}/{state.Progress}".ToLowerInvariant();

    private static async ValueTask<bool> TryInsertAsync(Transaction transaction, AuditEntry entry, int number) =>
        await transaction.ExecuteAsync(InsertSql, ValuesOf(entry, number)) == 1;

    private static object?[] ValuesOf(AuditEntry entry, int number) =>
    [
        entry.OrderId.Value, number, entry.AtMs, entry.Actor, entry.Action, entry.Reason, (int)entry.From.Pay,
        (int)entry.From.Progress, (int)entry.To.Pay, (int)entry.To.Progress,
    ];

    /// <summary>The newest entries, oldest first.</summary>
    public static async ValueTask<List<AuditEntry>> OfOrderAsync(Transaction transaction, OrderId id)
    {
        var entries = await transaction.QueryAsync(
            OfOrderSql,
            row => new AuditEntry(
                id, row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3),
                new OrderState((PayState)row.GetInt32(4), (Progress)row.GetInt32(5)),
                new OrderState((PayState)row.GetInt32(6), (Progress)row.GetInt32(7))),
            id.Value);
        entries.Reverse();
        return entries;
    }
}
