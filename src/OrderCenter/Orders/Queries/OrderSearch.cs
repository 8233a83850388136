using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Queries;

/// <summary>The search for orders: by a number that names them, or by a scan of the newest.</summary>
internal static class OrderSearch
{
    /// <summary>Upper limit of the orders that one id finds.</summary>
    private const int IdsMax = 1000;

    private static readonly SqlStatement GamesSql = new("SELECT game_id FROM apps ORDER BY game_id");
    private static readonly SqlStatement PaidBySql = new("SELECT order_id FROM payments WHERE transaction_id = $1 LIMIT 1000");

    /// <summary>Orders newest first, behind a place.</summary>
    public static ValueTask<ListPart<OrderRow>> RunAsync(Transaction transaction, OrderFilter filter, ListKey? after, int limit) =>
        filter is { MerchantOrderId: null, TransactionId: null, HasOpenPayments: false }
            ? ScanOf(filter).ReadAsync(transaction, after, limit)
            : FindByIdsAsync(transaction, filter, after, limit);

    /// <summary>The orders that a number names, whatever it is: ours, the game's, or a store's, of a purchase that paid the order, that
    /// paid nothing, or that was refused. In this order.</summary>
    public static async ValueTask<List<OrderRow>> FindNamedAsync(Transaction transaction, string number, GameLimit games, int limit)
    {
        // All begin before the first is awaited, so that they share a round trip.
        var byKey = FindByMerchantOrderIdAsync(transaction, number, games).AsTask();
        var byPurchase = FindByTransactionAsync(transaction, number, games).AsTask();
        var own = OrderId.TryParse(number, out var id) ? new[] { id } : [];
        var ids = own.Concat(await byKey).Concat(await byPurchase).Distinct().ToList();
        var rows = await ReadAllAsync(transaction, ids);
        return [.. rows.Where(row => games.Allows(row.Order.GameId)).Take(limit)];
    }

    /// <summary>1. The ids of the orders that the search names or that somebody has to look at. 2. Their orders. 3. The other conditions.
    /// Each step reads by a key, and none joins two tables, so that it works the same on one server and on many.</summary>
    private static async ValueTask<ListPart<OrderRow>> FindByIdsAsync(
        Transaction transaction, OrderFilter filter, ListKey? after, int limit)
    {
        HashSet<OrderId>? ids = null;
        if (filter.MerchantOrderId is { } merchantOrderId)
        {
            ids = [.. await FindByMerchantOrderIdAsync(transaction, merchantOrderId, filter.Games)];
        }
        if (filter.TransactionId is { } transactionId)
        {
            var named = (await FindByTransactionAsync(transaction, transactionId, filter.Games)).ToHashSet();
            ids = ids is null ? named : [.. ids.Intersect(named)];
        }
        if (filter.HasOpenPayments)
        {
            var open = await PaymentTable.OrdersToSettleAsync(transaction, filter.Games, IdsMax);
            ids = ids is null ? [.. open] : [.. ids.Intersect(open)];
        }
        var rows = await ReadAllAsync(transaction, ids!);
        var found = rows.Where(row => filter.Matches(row.Order, after))
            .OrderByDescending(row => row.Order.CreatedMs).ThenByDescending(row => row.Order.Id.Value, StringComparer.Ordinal).ToList();
        var part = found.Take(limit).ToList();
        return new ListPart<OrderRow>(part, found.Count > limit ? OrderTable.List.KeyOf(part[^1]) : null);
    }

    private static async ValueTask<List<OrderId>> FindByMerchantOrderIdAsync(
        Transaction transaction, string merchantOrderId, GameLimit games) =>
        await OrderKeyTable.FindOrdersAsync(
            transaction, games.Games ?? await transaction.QueryAsync(GamesSql, row => row.GetInt64(0)), merchantOrderId);

    private static async ValueTask<IEnumerable<OrderId>> FindByTransactionAsync(
        Transaction transaction, string number, GameLimit games)
    {
        var paid = transaction.QueryAsync(PaidBySql, row => OrderId.FromStore(row.GetString(0)), number).AsTask();
        var unapplied = PaymentTable.OrdersOfUnappliedAsync(transaction, number, games).AsTask();
        var refused = RefusedReceiptTable.FindAsync(transaction, number, games).AsTask();
        return (await paid).Concat(await unapplied).Concat(await refused);
    }

    /// <summary>Those of the orders that there are, in the order of the ids.</summary>
    private static async ValueTask<List<OrderRow>> ReadAllAsync(Transaction transaction, IEnumerable<OrderId> ids)
    {
        var found = new List<OrderRow>();
        foreach (var reading in ids.Take(IdsMax).ToList().ConvertAll(id => OrderTable.FindAsync(transaction, id)))
        {
            if (await reading is { } row)
            {
                found.Add(row);
            }
        }
        return found;
    }

    private static ListScan<OrderRow> ScanOf(OrderFilter filter)
    {
        var scan = new ListScan<OrderRow>(OrderTable.List) { FromMs = filter.FromMs, ToMs = filter.ToMs };
        if (filter.UserId is { } userId)
        {
            scan.AddRange("user_id = ?", userId);
            scan.FilterGames(filter.Games);
        }
        else
        {
            scan.AddGames(filter.Games);
        }
        scan.AddFilter("progress = ?", (int?)filter.Progress);
        scan.AddFilter("pay_state = ?", (int?)filter.PayState);
        scan.AddFilter("channel = ?", filter.Channel);
        scan.AddFilter("product_id = ?", filter.ProductId);
        scan.AddFilter("is_test = ?", filter.IsTest is { } isTest ? (int?)(isTest ? 1 : 0) : null);
        scan.AddFilter("amount_e4 >= ?", filter.MoneyFrom?.AmountE4);
        scan.AddFilter("amount_e4 <= ?", filter.MoneyTo?.AmountE4);
        AddAttribute(scan, Order.RoleAttribute, filter.RoleId);
        AddAttribute(scan, Order.ServerAttribute, filter.ServerId);
        return scan;
    }

    /// <summary>A text without what it does not hold stays the same, on every engine. Where it holds it, case counts.</summary>
    private static void AddAttribute(ListScan<OrderRow> scan, string name, string? value)
    {
        if (value is not null)
        {
            var text = OrderTable.AttributeText(name, value);
            scan.AddFilter("replace(attributes, ?, '') <> attributes", text);
        }
    }
}
