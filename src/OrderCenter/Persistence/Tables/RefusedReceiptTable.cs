using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The receipts that were presented for orders and refused: statements and rows. Of an order a bounded number is kept, authentic
/// ones apart from the others, so that forged receipts do not displace real ones; the rest is only counted.</summary>
internal static class RefusedReceiptTable
{
    /// <summary>How many different refusals are kept for an order, of authentic ones and of the others.</summary>
    public const int KeptMax = 10;

    /// <summary>How many orders a number is found at.</summary>
    private const int FoundMax = 50;

    /// <summary>Those that are only counted share a row behind those that are kept.</summary>
    private const string MoreKey = "more";
    private const string MoreReason = "more refused receipts, which are only counted";

    private static readonly SqlStatement SeenSql = new(
        "UPDATE refused_receipts SET last_ms = $4, seen = seen + $5 WHERE order_id = $1 AND authentic = $2 AND receipt_key = $3");

    private static readonly SqlStatement LastSql = new(
        "SELECT coalesce(max(slot), 0) FROM refused_receipts WHERE order_id = $1 AND authentic = $2");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO refused_receipts (order_id, authentic, slot, receipt_key, channel, environment, transaction_id, store_order_id, " +
        "product_id, reason, first_ms, last_ms, seen, game_id) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (order_id, authentic, slot) DO NOTHING");

    private static readonly SqlStatement OfOrderSql = new(
        "SELECT authentic, channel, environment, transaction_id, store_order_id, product_id, reason, first_ms, last_ms, seen " +
        "FROM refused_receipts " +
        "WHERE order_id = $1 ORDER BY authentic DESC, slot LIMIT 50");

    /// <summary>Stores a refusal: a new one in the next free row, the same one again by its count.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="gameId">The game of its order.</param>
    /// <param name="refused">The refusal.</param>
    public static async ValueTask SaveAsync(Transaction transaction, long gameId, RefusedReceipt refused)
    {
        var key = KeyOf(refused);

        // Who finds the row taken tries again. Each time another one has got a row, and there are few: the loop ends.
        for (var tries = 0; tries <= KeptMax + 1; tries++)
        {
            if (await SeenAsync(transaction, refused, key))
            {
                return;
            }
            var last = (await transaction.QueryAsync(LastSql, row => row.GetInt32(0), refused.OrderId.Value, Authentic(refused)))[0];
            if (last < KeptMax
                ? await InsertAsync(transaction, gameId, refused, last + 1, key)
                : await CountAsync(transaction, gameId, refused))
            {
                return;
            }
        }
    }

    /// <summary>Those of an order, in the order of their first time.</summary>
    public static async ValueTask<List<RefusedReceipt>> OfOrderAsync(Transaction transaction, OrderId id)
    {
        var kept = await transaction.QueryAsync(OfOrderSql, row => Read(row, id), id.Value);
        return [.. kept.OrderBy(refused => refused.FirstMs)];
    }

    /// <summary>The orders of the games for which a purchase of that number was presented and refused: first those where it was
    /// authentic, then the newest.</summary>
    public static async ValueTask<IEnumerable<OrderId>> FindAsync(Transaction transaction, string number, GameLimit games)
    {
        var (byTransaction, byStoreOrder) = (FindBy("transaction_id").AsTask(), FindBy("store_order_id").AsTask());
        var (first, second) = (await byTransaction, await byStoreOrder);
        return first.Concat(second);

        ValueTask<List<OrderId>> FindBy(string column)
        {
            var conditions = new SearchConditions();
            conditions.Add(column + " = ?", number);
            conditions.AddGames(games);
            var sql = $"SELECT order_id FROM refused_receipts WHERE {conditions.Text} " +
                $"ORDER BY authentic DESC, last_ms DESC LIMIT {FoundMax}";
            return transaction.QueryAsync(SqlStatement.Dynamic(sql), row => OrderId.FromStore(row.GetString(0)), conditions.Parameters);
        }
    }

    private static async ValueTask<bool> CountAsync(Transaction transaction, long gameId, RefusedReceipt refused)
    {
        if (await SeenAsync(transaction, refused, MoreKey))
        {
            return true;
        }
        var more = new RefusedReceipt
        {
            OrderId = refused.OrderId, IsAuthentic = refused.IsAuthentic, Reason = MoreReason, FirstMs = refused.FirstMs,
            LastMs = refused.LastMs, Count = refused.Count,
        };
        return await InsertAsync(transaction, gameId, more, KeptMax + 1, MoreKey);
    }

    private static async ValueTask<bool> SeenAsync(Transaction transaction, RefusedReceipt refused, string key) =>
        await transaction.ExecuteAsync(SeenSql, refused.OrderId.Value, Authentic(refused), key, refused.LastMs, refused.Count) == 1;

    private static async ValueTask<bool> InsertAsync(
        Transaction transaction, long gameId, RefusedReceipt refused, int slot, string key) =>
        await transaction.ExecuteAsync(
            InsertSql, refused.OrderId.Value, Authentic(refused), slot, key, refused.Channel, refused.Environment,
            refused.TransactionId, refused.StoreOrderId, refused.ProductId,
            refused.Reason, refused.FirstMs, refused.LastMs, refused.Count, gameId) == 1;

    private static int Authentic(RefusedReceipt refused) => refused.IsAuthentic ? 1 : 0;

    /// <summary>The same purchase, refused for the same reason. The lengths keep the parts apart.</summary>
    private static string KeyOf(RefusedReceipt refused)
    {
        string?[] parts = [
            refused.Channel, refused.Environment, refused.TransactionId, refused.StoreOrderId, refused.ProductId, refused.Reason];
        var text = string.Concat(parts.Select(part => $"{part?.Length ?? -1}:{part}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    private static RefusedReceipt Read(DbDataReader row, OrderId id) => new()
    {
        OrderId = id,
        IsAuthentic = row.GetInt32(0) == 1,
        Channel = row.Text(1),
        Environment = row.Text(2),
        TransactionId = row.Text(3),
        StoreOrderId = row.Text(4),
        ProductId = row.Text(5),
        Reason = row.GetString(6),
        FirstMs = row.GetInt64(7),
        LastMs = row.GetInt64(8),
        Count = row.GetInt64(9),
    };
}
