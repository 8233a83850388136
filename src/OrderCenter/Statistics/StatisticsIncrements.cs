using OrderCenter.Domain;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Statistics;

/// <summary>What pending changes add to the statistics, merged by row. Who takes the changes out of <c>pending_changes</c> adds it in the
/// same transaction: so each counts once.</summary>
internal sealed class StatisticsIncrements
{
    private static readonly Comparer<OrderStatisticsKey> s_orderKeys = Comparer<OrderStatisticsKey>.Create(static (left, right) =>
        left.Dimension != right.Dimension ? left.Dimension.CompareTo(right.Dimension)
        : left.SpanHours != right.SpanHours ? left.SpanHours.CompareTo(right.SpanHours)
        : left.GameId != right.GameId ? left.GameId.CompareTo(right.GameId)
        : left.FromMs != right.FromMs ? left.FromMs.CompareTo(right.FromMs)
        : string.CompareOrdinal(left.Name, right.Name) is not 0 and var name ? name
        : string.CompareOrdinal(left.Currency, right.Currency) is not 0 and var currency ? currency
        : left.IsTest.CompareTo(right.IsTest));

    private static readonly Comparer<HealthKey> s_healthKeys = Comparer<HealthKey>.Create(static (left, right) =>
        left.SpanHours != right.SpanHours ? left.SpanHours.CompareTo(right.SpanHours)
        : left.GameId != right.GameId ? left.GameId.CompareTo(right.GameId)
        : left.FromMs != right.FromMs ? left.FromMs.CompareTo(right.FromMs)
        : string.CompareOrdinal(left.Channel, right.Channel));

    private readonly Dictionary<OrderStatisticsKey, OrderTotals> _orders = [];
    private readonly Dictionary<HealthKey, HealthTotals> _health = [];

    /// <summary>Adds what pending changes count. The rows are written in the order of their keys, so that two transactions never
    /// deadlock.</summary>
    public static void Apply(Transaction transaction, IEnumerable<PendingChange> taken)
    {
        var increments = new StatisticsIncrements();
        foreach (var pending in taken)
        {
            increments.Add(pending);
        }
        foreach (var (key, totals) in increments._orders.Where(row => !row.Value.IsZero).OrderBy(row => row.Key, s_orderKeys))
        {
            StatisticsTable.Add(transaction, key, totals);
        }
        foreach (var (key, totals) in increments._health.OrderBy(row => row.Key, s_healthKeys))
        {
            StatisticsTable.Add(transaction, key, totals);
        }
    }

    private void Add(PendingChange pending)
    {
        foreach (var spanHours in StatisticsTable.SpansHours)
        {
            foreach (var figure in pending.Order?.Figures ?? [])
            {
                Add(pending.Game, spanHours, pending.Order!, figure);
            }
            if (pending.Attempt is { } attempt)
            {
                HealthOf(pending.Game, spanHours, attempt.StartedMs, channel: null).Add(attempt);
            }
            if (pending.Refusal is { } refusal)
            {
                HealthOf(pending.Game, spanHours, refusal.AtMs, refusal.Channel).Add(refusal);
            }
        }
    }

    private void Add(long gameId, int spanHours, OrderFigures order, OrderFigure figure)
    {
        var key = new OrderStatisticsKey(
            StatisticsDimension.Game, spanHours, gameId, StatisticsTable.SpanOf(figure.AtMs, spanHours), Name: "",
            Currency.Canonical(order.Currency), figure.IsTest);
        var amountE4 = (Int128)order.AmountE4 * figure.Count;
        OrdersOf(key).Add(figure.Figure, figure.Count, amountE4);
        OrdersOf(key with { Dimension = StatisticsDimension.Channel, Name = figure.Channel ?? "" })
            .Add(figure.Figure, figure.Count, amountE4);
        OrdersOf(key with { Dimension = StatisticsDimension.Product, Name = order.ProductId }).Add(figure.Figure, figure.Count, amountE4);
    }

    private OrderTotals OrdersOf(OrderStatisticsKey key)
    {
        if (!_orders.TryGetValue(key, out var totals))
        {
            _orders.Add(key, totals = new OrderTotals());
        }
        return totals;
    }

    private HealthTotals HealthOf(long gameId, int spanHours, long atMs, string? channel)
    {
        var key = new HealthKey(spanHours, gameId, StatisticsTable.SpanOf(atMs, spanHours), channel ?? "");
        if (!_health.TryGetValue(key, out var totals))
        {
            _health.Add(key, totals = new HealthTotals());
        }
        return totals;
    }
}
