using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Tests.Simulation;

/// <summary>Compares what happened with what our store says of it.</summary>
internal sealed partial class PaymentBooks(
    PaymentWorld world, App app, IReadOnlyList<TrueOrder> orders, IReadOnlyList<TruePurchase> purchases, IReadOnlyList<string> forged, Points granted, string player)
{
    private readonly List<string> _faults = [];
    private readonly Dictionary<OrderId, OrderRow> _rows = [];
    private readonly Dictionary<OrderId, HashSet<string>> _extra = [];
    private readonly Dictionary<OrderId, IReadOnlyList<Refund>> _refunds = [];

    /// <returns>What is wrong; empty: nothing.</returns>
    public async Task<IReadOnlyList<string>> JudgeAsync()
    {
        foreach (var order in orders)
        {
            var detail = (await world.Orders.FindDetailAsync(order.Id, CancellationToken.None))!;
            _rows[order.Id] = detail.Row;
            _refunds[order.Id] = detail.Refunds;
            _extra[order.Id] = [.. detail.Unapplied.Select(unapplied => unapplied.Payment.TransactionId)];
            await JudgeCallbacksAsync(detail);
        }
        var holders = new Dictionary<TruePurchase, OrderId?>();
        foreach (var purchase in purchases)
        {
            holders[purchase] = await HolderAsync(purchase);
            await JudgeAsync(purchase, holders[purchase]);
        }
        foreach (var order in orders)
        {
            Judge(order, [.. purchases.Where(purchase => holders[purchase] == order.Id)], holders);
        }
        await JudgeForgedAsync();
        await JudgePointsAsync();
        JudgeSums(holders);
        await JudgeWorkAsync();
        return _faults;
    }

    /// <summary>Every purchase is somewhere, and in one place: with the order that it paid, or with nobody for ever, or shown to a person.</summary>
    private async Task JudgeAsync(TruePurchase purchase, OrderId? holder)
    {
        var name = $"{purchase.Channel} {purchase.TransactionId}";
        if (holder is { } id && id != PaymentTable.Nobody)
        {
            Expect(purchase.Orders.Contains(id), $"{name} pays {id}, which it was not made for");
            Expect(purchase.IsRight, $"{name} pays {id} with another amount");
            Expect(_rows.TryGetValue(id, out var row) && row.Payment?.TransactionId == purchase.TransactionId, $"{name} is claimed by {id}, which another one has paid");
        }
        else if (holder is not null)
        {
            Expect(purchase.IsGivenBack, $"{name} can pay nothing any more and was not given back");
        }
        else
        {
            var shown = await world.QueryAsync(
                "SELECT count(*) FROM notifications n JOIN notification_transactions t ON t.notification_key = n.notification_key " +
                "WHERE t.transaction_id = $1 AND n.game_id = $2 AND n.state IN (3, 4, 5)",
                row => row.GetInt64(0), purchase.TransactionId, app.GameId);
            Expect(shown[0] > 0 || _extra.Values.Any(extra => extra.Contains(purchase.TransactionId)), $"{name} is lost: it pays nothing and nobody is shown it");
        }
    }

    /// <summary>An order has one payment or none, and stands as the newest word on it says.</summary>
    private void Judge(TrueOrder order, List<TruePurchase> paidBy, Dictionary<TruePurchase, OrderId?> holders)
    {
        var row = _rows[order.Id];
        var state = row.Order.State;
        void ExpectOf(bool good, string what) => Expect(good, $"{order.Id} ({order.Channel}, {state.Pay}/{state.Progress}): {what}");

        ExpectOf(order.Handed <= 1, $"handed over {order.Handed} times");
        ExpectOf((order.Handed == 1) == (state.Progress == Progress.Delivered), "the goods and the order differ");
        ExpectOf(!row.Order.IsTest, "it is a test order");
        if (order.Channel == "points")
        {
            ExpectOf(order.PartBack <= order.Money.AmountE4, "more points were given back than were taken");
            ExpectOf(state.Pay == (order.IsGivenBackByHand || order.PartBack == order.Money.AmountE4 ? PayState.Refunded : PayState.Paid), "points that were taken, or given back, and the order differ");
            return;
        }
        ExpectOf(paidBy.Count == (state.Pay == PayState.Unpaid ? 0 : 1), $"it holds {paidBy.Count} payments");
        if (state.Pay == PayState.Unpaid)
        {
            ExpectOf(state.Progress is Progress.Closed or Progress.Review, "it is unpaid and neither closed nor held");
            foreach (var lost in purchases.Where(purchase => purchase.Orders.Contains(order.Id) && purchase.IsRight && !purchase.IsGivenBack))
            {
                // Of one that was never told of, a part may have gone back before it was known: a person decides.
                var isShown = lost.Back > Money.Zero && _extra[order.Id].Contains(lost.TransactionId);
                ExpectOf(isShown || (holders[lost] is { } other && other != order.Id), $"{lost.TransactionId} was paid for it and pays nothing");
            }
        }
        else if (paidBy is [var payment])
        {
            ExpectOf(state.Pay == (payment.IsGivenBack ? PayState.Refunded : PayState.Paid), "the store's newest word is another");
            var refunds = _refunds[order.Id];
            ExpectOf(!refunds.Any(refund => refund.IsOpen), "the end of a refund is not known");
            ExpectOf(refunds.Where(refund => refund.OrderId is not null && refund.State == RefundState.Done).Sum(refund => refund.Money.AmountE4) <= payment.Money.AmountE4, "more was given back than was paid");
            ExpectOf(payment.InBooks is null || (payment.IsToldWithoutSum && payment.IsGivenBack) || RefundBalance.Of(refunds).Back == payment.Back, $"{RefundBalance.Of(refunds).Back} went back here, {payment.Back} at the store");
            ExpectOf(
                payment.IsReported is null || state is not { Pay: PayState.Paid, Progress: Progress.Delivered } || payment.IsReported(),
                "it is delivered, and its store does not know it: it would give the money back");
            ExpectOf(state.Pay != PayState.Refunded || state.Progress is Progress.Delivered or Progress.Closed, "refunded, and neither delivered before nor closed");
            ExpectOf(state.Pay != PayState.Paid || state.Progress is not (Progress.Closed or Progress.Failed), "paid, and nobody delivers it");
        }
    }

    private async Task JudgeForgedAsync()
    {
        foreach (var transaction in forged)
        {
            var seen = await world.QueryAsync(
                "SELECT (SELECT count(*) FROM payments WHERE transaction_id = $1) + (SELECT count(*) FROM unapplied_payments WHERE transaction_id = $1) + (SELECT count(*) FROM notifications WHERE transaction_id = $1)",
                row => row.GetInt64(0), transaction);
            Expect(seen[0] == 0, $"the forged {transaction} was believed");
        }
    }

    /// <summary>Double entry: every posting adds up to zero, and the balance is what was given less what paid orders took.</summary>
    private async Task JudgePointsAsync()
    {
        var postings = await world.QueryAsync("SELECT posting_key, sum(amount_e4) FROM points_lines WHERE uid = $1 GROUP BY posting_key", row => (row.GetString(0), Convert.ToInt64(row.GetValue(1))), player);
        postings.ForEach(posting => Expect(posting.Item2 == 0, $"posting {posting.Item1} adds up to {posting.Item2}"));
        var lines = await world.QueryAsync("SELECT sum(amount_e4) FROM points_lines WHERE uid = $1 AND account = 'user'", row => Convert.ToInt64(row.GetValue(0)), player);
        var balance = (await world.Points.BalanceAsync(player, CancellationToken.None))!.Value.AmountE4;
        var spent = orders.Where(order => order.Channel == "points" && !order.IsGivenBackByHand).Sum(order => order.Money.AmountE4 - order.PartBack);
        Expect((lines[0], balance) == (balance, granted.AmountE4 - spent), $"the balance is {balance}, its lines are {lines[0]}, given less spent is {granted.AmountE4 - spent}");
    }

    /// <summary>The books balance: what the stores keep is what our paid orders are worth, and what is shown as paying nothing.</summary>
    private void JudgeSums(Dictionary<TruePurchase, OrderId?> holders)
    {
        var theirs = purchases.Where(purchase => !purchase.IsGivenBack).Sum(purchase => purchase.Money.AmountE4);
        var ours = orders.Where(order => order.Channel != "points" && _rows[order.Id].Order.State.Pay == PayState.Paid).Sum(order => _rows[order.Id].Order.Money.AmountE4);
        var open = purchases.Where(purchase => !purchase.IsGivenBack && holders[purchase] is null).Sum(purchase => purchase.Money.AmountE4);
        Expect(theirs == ours + open, $"the stores keep {new Money(theirs)}, we account for {new Money(ours)} in paid orders and {new Money(open)} that pays nothing");
    }

    /// <summary>Nothing waits for ever: no notification is unread, no inquiry is to be made.</summary>
    private async Task JudgeWorkAsync()
    {
        var unread = await world.QueryAsync("SELECT count(*) FROM notifications WHERE state IN (0, 6)", row => row.GetInt64(0));
        Expect(unread[0] == 0, $"{unread[0]} notifications are unread");
        foreach (var order in orders)
        {
            var asks = await world.QueryAsync("SELECT count(*) FROM payment_lookups WHERE order_id = $1 AND due_ms IS NOT NULL", row => row.GetInt64(0), order.Id.Value);
            Expect(asks[0] == 0, $"{order.Id}: its store is still to be asked");
        }
    }

    private Task<OrderId?> HolderAsync(TruePurchase purchase) => world.Store.ReadAsync(
        async transaction => await PaymentTable.FindPaidOrderAsync(
            transaction, new Payment { Channel = purchase.Channel, Environment = Payment.Production, TransactionId = purchase.TransactionId }),
        CancellationToken.None);

    private void Expect(bool good, string what)
    {
        if (!good)
        {
            _faults.Add(what);
        }
    }
}
