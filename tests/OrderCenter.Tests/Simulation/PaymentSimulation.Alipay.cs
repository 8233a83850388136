using OrderCenter.Domain;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players and the merchant do at Alipay.</summary>
internal sealed partial class PaymentSimulation
{
    private async Task PayAtAlipayAsync(TrueOrder order, bool isFirst, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var stores = order.Stores;
        var money = isRight ? order.Money : More;
        var total = money.AmountE4 / 10_000m;
        var trade = isFirst
            ? stores.Alipay.Pay(order.Id.Value, total)
            : new AlipayTrade(Number("2026"), order.Id.Value, "TRADE_SUCCESS", total, 0, world.Clock.GetUtcNow(), null, Number("n"));
        var purchase = Book(order, "alipay", trade.TradeNo, isRight, money);
        void TellOf(AlipayTrade told, bool isNever = false) => Tell("alipay", () => (Form(stores.Alipay.Notification(told)), NoHeaders), isNever, stores);

        // An order of this channel is asked about until it expires: that Alipay never tells of it does not matter.
        TellOf(trade, isLost);
        if (!isLost && OneIn(3))
        {
            TellOf(trade with { Status = "TRADE_FINISHED" });
        }
        foreach (var part in Parts(total))
        {
            At(Soon(60 * Minute), () =>
            {
                trade = isFirst ? stores.Alipay.Find(order.Id.Value)! : trade;
                if (trade.Refunded + part > total)
                {
                    return Task.CompletedTask;
                }
                trade = isFirst
                    ? stores.Alipay.Refund(trade, part)
                    : trade with { Refunded = trade.Refunded + part, Status = trade.Refunded + part >= total ? "TRADE_CLOSED" : trade.Status, NotifyId = Number("n") };
                purchase.PartsBack = new Money((long)(trade.Refunded * 10_000));
                TellOf(trade);
                return Task.CompletedTask;
            });
        }
        if (isFirst)
        {
            // What we asked for is in Alipay's own books; it may tell of it or not.
            purchase.InBooks = () => new Money((long)(stores.Alipay.Find(order.Id.Value)!.Refunded * 10_000));
            void TellSum()
            {
                if (stores.Alipay.Find(order.Id.Value)! is { Refunded: > 0 } refunded)
                {
                    TellOf(refunded);
                }
            }
            _slow.Add(TellSum);
            At(Soon(LastMs), () =>
            {
                TellSum();
                return Task.CompletedTask;
            });
        }
    }
}
