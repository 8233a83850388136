using System.Text.Json;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Books;

/// <summary>Orders with what belongs to them: a paid order has its payment under every name, its game's number leads to it, what is being
/// delivered has a callback, and cards that it was given are issued to it.</summary>
internal sealed class OrderChecks(Vault vault, TimeProvider clock)
{
    private static readonly SqlStatement CardsSql = new("SELECT card_key FROM cards WHERE order_id = $1 ORDER BY card_key LIMIT 1000");

    private static readonly SqlStatement PaymentsSql = new(
        "SELECT transaction_id, channel, environment, order_id FROM payments WHERE (transaction_id, channel, environment) > ($1, $2, $3) " +
        "ORDER BY transaction_id, channel, environment LIMIT $4");

    private static readonly SqlStatement KeysSql = new(
        "SELECT game_id, merchant_order_id, order_id FROM order_keys WHERE (game_id, merchant_order_id) > ($1, $2) " +
        "ORDER BY game_id, merchant_order_id LIMIT $3");

    private static readonly SqlStatement CallbacksSql = new(
        "SELECT order_id, number, game_id, endpoint, status FROM callbacks WHERE (order_id, number) > ($1, $2) " +
        "ORDER BY order_id, number LIMIT $3");

    private static readonly SqlStatement EndpointSql = new("SELECT endpoint FROM callback_endpoints WHERE endpoint = $1");

    public IEnumerable<BooksCheck> All =>
    [
        new PagedCheck<OrderRow>("orders", OrderTable.PageSql, [""], OrderTable.Read, row => [row.Order.Id.Value], JudgeOrderAsync),
        new PagedCheck<PaymentRow>(
            "payments", PaymentsSql, ["", "", ""],
            row => new PaymentRow(row.GetString(0), row.GetString(1), row.GetString(2), OrderId.FromStore(row.GetString(3))),
            row => [row.TransactionId, row.Channel, row.Environment], JudgePaymentAsync),
        new PagedCheck<KeyRow>(
            "games' order numbers", KeysSql, [0L, ""],
            row => new KeyRow(row.GetInt64(0), row.GetString(1), OrderId.FromStore(row.GetString(2))),
            row => [row.GameId, row.Key], JudgeKeyAsync),
        new PagedCheck<CallbackRow>(
            "callbacks", CallbacksSql, ["", 0L],
            row => new CallbackRow(
                new CallbackId(OrderId.FromStore(row.GetString(0)), row.GetInt64(1)), row.GetInt64(2), row.GetString(3),
                (CallbackStatus)row.GetInt32(4)),
            row => [row.Id.OrderId.Value, row.Id.Number], JudgeCallbackAsync),
    ];

    private async ValueTask<string?> JudgeOrderAsync(Transaction transaction, OrderRow row)
    {
        var order = row.Order;
        var faults = new List<string>();
        if (order.State.Pay != PayState.Unpaid)
        {
            faults.AddRange(await PaymentFaultsAsync(transaction, row));
        }
        if (order.MerchantOrderId is { } number
            && (await OrderKeyTable.FindAsync(transaction, order.GameId, number))?.OrderId is var holder && holder != order.Id)
        {
            faults.Add(holder is null ? "its game's number leads to no order" : $"its game's number leads to order {holder}");
        }
        if (order.State == new OrderState(PayState.Paid, Progress.Delivering)
            && order.PaidMs > clock.NowMs() - CallbackTable.KeptMs
            && !(await CallbackTable.OfOrderAsync(transaction, order.Id)).Exists(
                callback => callback.Event == CallbackEvents.Paid && callback.Status != CallbackStatus.Cancelled))
        {
            faults.Add("it is being delivered, and has no callback");
        }
        if (OrderCards.Has(order))
        {
            faults.AddRange(await CardFaultsAsync(transaction, order));
        }
        return faults.Count == 0 ? null : $"order {order.Id}: {string.Join("; ", faults)}";
    }

    private static async ValueTask<List<string>> PaymentFaultsAsync(Transaction transaction, OrderRow row)
    {
        try
        {
            if (row.Payment is not { } payment)
            {
                return ["it is paid, and has no payment"];
            }
            var faults = new List<string>();
            foreach (var name in payment.Names)
            {
                var holders = await PaymentTable.FindPaidOrderAsync(transaction, payment.Channel, payment.Environment, name);
                if (holders is not [var holder])
                {
                    faults.Add($"its payment {payment.Channel} {name} is not in the payments");
                }
                else if (holder != row.Order.Id)
                {
                    faults.Add($"its payment {payment.Channel} {name} belongs to order {holder}");
                }
            }
            return faults;
        }
        catch (JsonException fault)
        {
            return [$"its payment cannot be read: {fault.Message}"];
        }
    }

    /// <summary>The cards that the order holds, sealed, are those that the stock has as issued to it, each once.</summary>
    private async ValueTask<List<string>> CardFaultsAsync(Transaction transaction, Order order)
    {
        var issued = await transaction.QueryAsync(CardsSql, row => row.GetString(0), order.Id.Value);
        try
        {
            var cards = OrderCards.Open(vault, order);
            var missing = cards.Count(card => !SealedCard.KeysOf(vault, card).Any(issued.Remove));
            return [.. Faults(missing, issued.Count)];
        }
        catch (DatabaseUnavailableException fault)
        {
            return [fault.Message];
        }

        static IEnumerable<string> Faults(int missing, int extra)
        {
            if (missing > 0)
            {
                yield return $"{missing} of its cards are not issued to it in the stock";
            }
            if (extra > 0)
            {
                yield return $"{extra} cards of the stock are issued to it, and it does not hold them";
            }
        }
    }

    private static async ValueTask<string?> JudgePaymentAsync(Transaction transaction, PaymentRow payment)
    {
        if (payment.OrderId == PaymentTable.Nobody)
        {
            return null;
        }
        var what = $"payment {payment.Channel} {payment.Environment} {payment.TransactionId}";
        try
        {
            return await OrderTable.FindAsync(transaction, payment.OrderId) switch
            {
                null => $"{what}: its order {payment.OrderId} is missing",
                { Order.State.Pay: PayState.Unpaid } => $"{what}: its order {payment.OrderId} is not paid",
                { Payment: { } paid } when paid.Channel == payment.Channel && paid.Environment == payment.Environment
                    && paid.Names.Contains(payment.TransactionId) => null,
                _ => $"{what}: its order {payment.OrderId} was paid by another one",
            };
        }
        catch (JsonException)
        {
            return $"{what}: its order {payment.OrderId} has a payment that cannot be read";
        }
    }

    private static async ValueTask<string?> JudgeKeyAsync(Transaction transaction, KeyRow key) =>
        await OrderTable.FindAsync(transaction, key.OrderId) switch
        {
            null => $"number '{Printable(key.Key)}' of game {key.GameId}: its order {key.OrderId} is missing",
            { Order: var order } when order.GameId != key.GameId =>
                $"number '{Printable(key.Key)}' of game {key.GameId}: its order {key.OrderId} is of game {order.GameId}",
            _ => null,
        };

    private static async ValueTask<string?> JudgeCallbackAsync(Transaction transaction, CallbackRow callback) =>
        await OrderTable.FindAsync(transaction, callback.Id.OrderId) is not { Order: var order }
            ? $"callback {callback.Id}: its order is missing"
        : order.GameId != callback.GameId ? $"callback {callback.Id}: its order is of game {order.GameId}, not {callback.GameId}"
        : callback.Status == CallbackStatus.Pending
            && await transaction.FindAsync(EndpointSql, row => row.GetString(0), callback.Endpoint) is null
            ? $"callback {callback.Id}: it waits for {callback.Endpoint}, which is not among the endpoints"
        : null;

    /// <summary>Keys that the service makes itself begin with a control character and are padded.</summary>
    private static string Printable(string key) => key.Replace('\u0001', ' ').Trim();

    private sealed record PaymentRow(string TransactionId, string Channel, string Environment, OrderId OrderId);

    private sealed record KeyRow(long GameId, string Key, OrderId OrderId);

    private sealed record CallbackRow(CallbackId Id, long GameId, string Endpoint, CallbackStatus Status);
}
