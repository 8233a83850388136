using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Persistence.Tables;

/// <summary>Attempts of callbacks that failed; the one in flight and the one that delivered are in the callback's row.</summary>
internal static class CallbackAttemptTable
{
    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO callback_attempts (order_id, callback_number, number, started_ms, duration_ms, http_status, response, error) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (order_id, callback_number, number) DO NOTHING");

    private static readonly SqlStatement KeepDeliveredSql = new(
        "INSERT INTO callback_attempts (order_id, callback_number, number, started_ms, duration_ms, http_status, response) " +
        "SELECT order_id, number, attempts, started_ms, duration_ms, http_status, response FROM callbacks " +
        "WHERE order_id = $1 AND number = $2 AND status = 2 AND started_ms IS NOT NULL " +
        "ON CONFLICT (order_id, callback_number, number) DO NOTHING");

    private static readonly SqlStatement OfCallbackSql = new(
        "SELECT number, started_ms, duration_ms, http_status, response, error FROM callback_attempts " +
        "WHERE order_id = $1 AND callback_number = $2 ORDER BY number DESC LIMIT 200");

    private static readonly SqlStatement NewestSql = new(
        "SELECT number, started_ms, duration_ms, http_status, CAST(NULL AS text), error FROM callback_attempts " +
        "WHERE order_id = $1 AND callback_number = $2 ORDER BY number DESC LIMIT 1");

    private static readonly SqlStatement PruneSql = new(
        "WITH old AS (SELECT order_id, callback_number, number FROM callback_attempts WHERE started_ms < $1 ORDER BY started_ms " +
        $"LIMIT $2 {SqlStatement.SkipLocked}) DELETE FROM callback_attempts " +
        "WHERE (order_id, callback_number, number) IN (SELECT order_id, callback_number, number FROM old)");

    public static ValueTask<int> InsertAsync(Transaction transaction, CallbackId id, Attempt attempt) =>
        transaction.ExecuteAsync(
            InsertSql, id.OrderId.Value, id.Number, attempt.Number, attempt.StartedMs, attempt.DurationMs, attempt.HttpStatus,
            attempt.Response, attempt.Error);

    /// <summary>Gives the attempt that delivered a callback a row of its own, before the callback is sent again.</summary>
    public static ValueTask<int> KeepDeliveredAsync(Transaction transaction, CallbackId id) =>
        transaction.ExecuteAsync(KeepDeliveredSql, id.OrderId.Value, id.Number);

    /// <summary>The newest attempts, oldest first; the one in flight is the last.</summary>
    public static ValueTask<List<Attempt>> OfCallbackAsync(Transaction transaction, Callback callback) =>
        OfCallbackAsync(transaction, callback, OfCallbackSql);

    /// <summary>The same of the newest attempt only, of which the answer is left out.</summary>
    public static ValueTask<List<Attempt>> NewestOfCallbackAsync(Transaction transaction, Callback callback) =>
        OfCallbackAsync(transaction, callback, NewestSql);

    private static async ValueTask<List<Attempt>> OfCallbackAsync(Transaction transaction, Callback callback, SqlStatement statement)
    {
        var attempts = await transaction.QueryAsync(
            statement,
            static row => new Attempt(
                row.GetInt32(0), row.GetInt64(1), row.Number(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.Text(4), row.Text(5)),
            callback.Id.OrderId.Value, callback.Id.Number);
        attempts.Reverse();
        if (callback.Status == CallbackStatus.Delivering)
        {
            attempts.Add(new Attempt(callback.Attempts, callback.StartedMs!.Value, null, null, null, null));
        }
        else if (callback.Delivered is { } delivered)
        {
            attempts.Add(delivered);
        }
        return attempts;
    }

    public static ValueTask<int> PruneAsync(Transaction transaction, long beforeMs, int most) =>
        transaction.ExecuteAsync(PruneSql, beforeMs, most);
}
