using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players buy at the App Store, and Apple's words on it: refunds of all, prorated ones, and their reversals.</summary>
internal sealed partial class PaymentSimulation
{
    private const int WholeShare = 100_000;

    private async Task PayAtAppleAsync(TrueOrder order, bool isRight)
    {
        await Task.CompletedTask;
        var stores = order.Stores;

        // Where Apple says no price, nobody can say what a part of it is.
        var hasPrice = !OneIn(4);
        var transaction = stores.Apple.Sell(new AppleTransaction
        {
            BundleId = stores.Package, ProductId = order.ProductId, PurchaseDateMs = world.NowMs, Quantity = isRight ? order.Quantity : order.Quantity + 1,
            PriceMilli = hasPrice ? order.Money.AmountE4 / 10 : null, Currency = hasPrice ? "CNY" : null, AppAccountToken = OneIn(2) ? order.Token : null,
        });
        var booked = Book(order, "apple", transaction.TransactionId, isRight);
        var share = 0;
        booked.IsToldWithoutSum = true;
        booked.InBooks = () => new Money((long)((decimal)order.Money.AmountE4 * share / WholeShare));
        var receipt = world.AppleKeys.Purchase(transaction);
        Present(order.Id, receipt);
        Share(booked, isAllowed: transaction.AppAccountToken is null, order, id => Present(id, receipt));
        var charge = stores.Apple.Notice("ONE_TIME_CHARGE", transaction);
        Tell("apple", () => (charge, NoHeaders), stores: stores);

        // Apple's words, in Apple's order, which is not that of their arrival.
        var atMs = world.NowMs;
        for (var words = OneIn(2) ? 0 : 1 + _random.Next(4); words > 0; words--)
        {
            atMs += 1 + _random.NextInt64(30 * Minute);
            At(atMs, async () =>
            {
                var isRefund = share == 0 || (share < WholeShare && OneIn(2));
                share = !isRefund ? 0 : hasPrice && OneIn(2) ? share + 1 + _random.Next(WholeShare - share) : WholeShare;
                await TellOfAppleAsync(stores, transaction, share);
            });
        }
    }

    private async Task TellOfAppleAsync(PaymentStores stores, AppleTransaction transaction, int share)
    {
        var isWhole = share == WholeShare;
        var now = stores.Apple.Sell(share == 0 ? transaction : transaction with
        {
            RevocationDateMs = world.NowMs, RevocationType = isWhole ? Any(null, "REFUND_FULL") : "REFUND_PRORATED",
            RevocationPercentage = isWhole ? Any(null, (int?)WholeShare) : share,
        });
        if (share > 0 && OneIn(4))
        {
            stores.Apple.FailToNotify("REFUND", now);
            return;
        }
        var body = stores.Apple.Notice(share > 0 ? "REFUND" : "REFUND_REVERSED", now);
        Tell("apple", () => (body, NoHeaders), stores: stores);
        if (share is 0 or WholeShare && OneIn(4))
        {
            // A process that died after it had kept the word and before the order followed.
            await world.Store.WriteAsync(
                unit => RefundEventTable.SaveAsync(unit, new RefundEvent("apple", Payment.Production, transaction.TransactionId, _app.GameId, isWhole, world.NowMs)), Now);
        }
    }
}
