using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>What games tell of how much of an order's goods was used; stores ask for it before they refund.</summary>
public sealed class ConsumedShares(Database database, TimeProvider clock)
{
    /// <summary>All of it, in thousandths of a percent.</summary>
    public const int Whole = 100_000;

    private static readonly SqlStatement SaveSql = new(
        "INSERT INTO order_consumption (order_id, game_id, share, told_ms) VALUES ($1, $2, $3, $4) " +
        "ON CONFLICT (order_id) DO UPDATE SET share = excluded.share, told_ms = excluded.told_ms");

    private static readonly SqlStatement FindSql = new("SELECT share FROM order_consumption WHERE order_id = $1");

    /// <summary>Keeps the newest that was told.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task SaveAsync(Order order, int share, string? reason, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        return database.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(SaveSql, order.Id.Value, order.GameId, share, nowMs);
                var fact = new AuditFact("order.consumption", order.GameId, order.Id.Value)
                {
                    After = share.ToString(CultureInfo.InvariantCulture),
                    Reason = reason,
                };
                AuditTrail.Append(transaction, fact, nowMs);
                return true;
            },
            cancellationToken);
    }

    /// <summary>In thousandths of a percent; null: nothing was told.</summary>
    public Task<int?> FindAsync(OrderId id, CancellationToken cancellationToken) => database.ReadAsync<int?>(
        async transaction =>
            await transaction.QueryAsync(FindSql, static row => row.GetInt32(0), id.Value) is [var share, ..] ? share : null,
        cancellationToken);
}
