using OrderCenter.Model;

namespace OrderCenter.Store;

/// <summary>What people did to orders, and why. Rows are only ever added.</summary>
internal static class ActTable
{
    private const string NextNumberSql = "SELECT coalesce(max(number), 0) + 1 FROM acts WHERE order_id = $1";

    private const string InsertTypes = "tibtttiiii";
    private const string InsertInto = "INSERT INTO acts (order_id, number, at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress) ";
    private const string InsertValues = InsertInto + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const string InsertSql = InsertValues + " ON CONFLICT (order_id, number) DO NOTHING";
    private static readonly string s_insertSelect = InsertInto + "SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9, p10 FROM " + ManyForm.Unnest(InsertTypes);

    public static readonly ManyForm InsertMany = new(
        InsertSql, s_insertSelect + " ON CONFLICT (order_id, number) DO NOTHING RETURNING order_id, number", InsertTypes, Key: [0, 1])
    {
        OrFail = new(InsertValues, s_insertSelect + " RETURNING order_id, number", InsertTypes, Key: [0, 1]),
    };

    private const string DeleteSql = "DELETE FROM acts WHERE order_id = $1 AND number = $2";

    private const string OfOrderSql =
        "SELECT at_ms, actor, action, reason, from_pay, from_progress, to_pay, to_progress FROM acts WHERE order_id = $1 ORDER BY number DESC LIMIT 200";

    /// <summary>Numbered by the order in which they changed the order's row, whatever the clocks of the nodes say.</summary>
    /// <param name="transaction">The unit's transaction.</param>
    /// <param name="act">The act.</param>
    /// <param name="isFirst">Whether it is the order's first in all likelihood: the order has never moved.</param>
    /// <returns>The act's number within the order.</returns>
    public static async ValueTask<int> InsertAsync(Transaction transaction, Act act, bool isFirst = false)
    {
        // Most orders have one act. Who finds the number taken takes the next one.
        var number = 1;
        var isIn = isFirst ? await transaction.ExpectAsync(InsertSql, ValuesOf(act, number)) : await TryInsertAsync(transaction, act, number);
        while (!isIn)
        {
            number = (await transaction.QueryAsync(NextNumberSql, row => row.GetInt32(0), act.OrderId.Value))[0];
            isIn = await TryInsertAsync(transaction, act, number);
        }
        return number;
    }

    /// <summary>Takes back an act that this same transaction inserted.</summary>
    public static ValueTask<int> DeleteAsync(Transaction transaction, OrderId id, int number)
    {
        transaction.TakesBack();
        return transaction.ExecuteAsync(DeleteSql, id.Value, number);
    }

    private static async ValueTask<bool> TryInsertAsync(Transaction transaction, Act act, int number) => await transaction.ExecuteAsync(InsertSql, ValuesOf(act, number)) == 1;

    private static object?[] ValuesOf(Act act, int number) =>
    [
        act.OrderId.Value, number, act.AtMs, act.Actor, act.Action, act.Reason, (int)act.From.Pay, (int)act.From.Progress, (int)act.To.Pay, (int)act.To.Progress,
    ];

    /// <summary>The newest acts, oldest first.</summary>
    public static async ValueTask<List<Act>> OfOrderAsync(Transaction transaction, OrderId id)
    {
        var acts = await transaction.QueryAsync(
            OfOrderSql,
            row => new Act(
                id, row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3),
                new OrderState((PayState)row.GetInt32(4), (Progress)row.GetInt32(5)),
                new OrderState((PayState)row.GetInt32(6), (Progress)row.GetInt32(7))),
            id.Value);
        acts.Reverse();
        return acts;
    }
}
