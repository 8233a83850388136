using OrderCenter.Domain;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players and the merchant do at WeChat Pay, and with virtual payments.</summary>
internal sealed partial class PaymentSimulation
{
    private async Task PayAtWeChatAsync(TrueOrder order, bool isFirst, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var stores = order.Stores;
        var money = isRight ? order.Money : More;
        var (id, fen) = (order.Id.Value, money.AmountE4 / 100);
        var transaction = isFirst
            ? stores.WeChat.Pay(id, fen)
            : stores.WeChat.Find(id)! with { TransactionId = Number("4200"), State = "SUCCESS", TotalFen = fen, PaidAt = world.Clock.GetUtcNow() };
        var purchase = Book(order, "wechat", transaction.TransactionId, isRight, money);
        void TellNow(Func<WeChatMessage> make, bool isNever = false) => Tell(
            "wechat",
            () =>
            {
                var message = make();
                return (message.Body, message.Headers);
            },
            isNever, stores);

        TellNow(() => stores.WeChat.Message(transaction), isLost);
        var refunds = 0;
        foreach (var part in Parts(fen / 100m))
        {
            var (refundId, back) = ($"r{refunds++}-{transaction.TransactionId}", (long)(part * 100));
            At(Soon(60 * Minute), () =>
            {
                if (isFirst)
                {
                    stores.WeChat.IsRefundSlow = false;
                    if (stores.WeChat.Refund(transaction.TransactionId, back, refundId) is null)
                    {
                        return Task.CompletedTask;
                    }
                }
                purchase.PartsBack = new Money(purchase.PartsBack.AmountE4 + (back * 100));
                TellNow(() => stores.WeChat.RefundMessage(transaction, back, refundId: refundId));

                // The same refund under another notification's number.
                TellNow(() => stores.WeChat.RefundMessage(transaction, back, refundId: refundId, id: "again-" + refundId));
                return Task.CompletedTask;
            });
        }
        if (isFirst)
        {
            // What we asked for is in WeChat's own books; it ends some time, or never comes to anything.
            IEnumerable<WeChatRefund> Made() => stores.WeChat.RefundsOf(transaction.TransactionId);
            purchase.InBooks = () => new Money(Made().Where(refund => refund.Status == "SUCCESS").Sum(refund => refund.Fen) * 100);
            void Finish() => Made().Where(refund => refund.Status == "PROCESSING").ToList().ForEach(refund => stores.WeChat.FinishRefund(refund.Number, OneIn(4) ? "CLOSED" : "SUCCESS"));
            _slow.Add(Finish);
            At(Soon(LastMs), () =>
            {
                Finish();
                foreach (var refund in Made().Where(refund => refund.Number.Contains('R', StringComparison.Ordinal)))
                {
                    TellNow(() => stores.WeChat.RefundMessage(transaction, refund.Fen, refund.Status, refund.RefundId, number: refund.Number), isNever: OneIn(2));
                }
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>WeChat takes one payment for a number, and tells what its books say then.</summary>
    private async Task PayAtVirtualAsync(TrueOrder order, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var stores = order.Stores;
        var money = isRight ? order.Money : More;
        var bought = stores.Virtual.Pay(stores.Virtual.Find(order.Id.Value)!, money.AmountE4 / 100);
        var purchase = Book(order, "wechat-virtual", bought.WeChatId, isRight, money);
        void TellNow(Func<(string Body, string Query)> make, bool isNever = false) => Tell(
            "wechat-virtual",
            () =>
            {
                var (body, query) = make();
                return (body, NoHeaders, query);
            },
            isNever, stores);

        TellNow(() => stores.Virtual.Delivery(bought), isLost);
        foreach (var part in Parts(money.AmountE4 / 10_000m))
        {
            var back = (long)(part * 100);
            At(Soon(60 * Minute), () =>
            {
                purchase.PartsBack = new Money(purchase.PartsBack.AmountE4 + (back * 100));
                stores.Virtual.Refund(bought, back);
                TellNow(() => stores.Virtual.RefundWord(bought, back));
                return Task.CompletedTask;
            });
        }
    }
}
