using OrderCenter.Domain;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players buy at Google Play, one product or several in one purchase, and what goes back: all of it, a part of a quantity, one product of several.</summary>
internal sealed partial class PaymentSimulation
{
    private async Task PayAtGoogleAsync(TrueOrder order, bool isRight)
    {
        await Task.CompletedTask;
        var stores = order.Stores;
        var quantity = isRight ? order.Quantity : order.Quantity + 1;
        var others = order.ProductId == Product ? Any([], [Sword], new[] { Sword, Shield }) : Any([], new[] { Shield });
        var purchase = stores.Google.Sell(new GooglePurchase
        {
            PackageName = stores.Package, ProductId = order.ProductId, MoreProducts = others, PurchaseTimeMs = world.NowMs, Quantity = quantity == 1 ? null : quantity,
            ObfuscatedProfileId = OneIn(2) ? order.Id.Value : null,
        });

        // Each product is a payment of its own.
        string NameOf(string product) => others.Length == 0 ? purchase.PurchaseToken : $"{purchase.PurchaseToken}:{product}";
        TruePurchase BookLine(TrueOrder? payer, string product, int count, bool isRightHere)
        {
            var line = Book(payer, "google", NameOf(product), isRightHere);
            line.IsToldWithoutSum = true;
            line.IsReported = () => stores.Google.Sale(purchase.PurchaseToken) is var sale
                && (product == sale.Purchase.ProductId ? sale.IsConsumed : sale.MoreConsumed.Contains(product));
            line.InBooks = () => BackAtGoogle(stores.Google.Sale(purchase.PurchaseToken), product, count, line.Money);
            return line;
        }
        var booked = BookLine(order, order.ProductId, quantity, isRight);
        PresentAtGoogle(order.Id, stores, purchase, order.ProductId);
        Share(booked, purchase.ObfuscatedProfileId is null, order, id => PresentAtGoogle(id, stores, purchase, order.ProductId));
        foreach (var product in others)
        {
            var payer = _orders.Find(other => other.Channel == "google" && other.ProductId == product && other.Id != order.Id && other.CanBePaidAt(stores));
            BookLine(payer, product, 1, isRightHere: true);
            if (payer is not null)
            {
                PresentAtGoogle(payer.Id, stores, purchase, product);
            }
        }
        var push = stores.Google.PurchaseNotice(purchase);
        Tell("google", () => (push, Bearer()));
        PlanRefundsAtGoogle(stores, purchase, quantity, others);
    }

    /// <summary>Parts, one after the other, or all of it at once. What no push tells, the list of voided purchases does.</summary>
    private void PlanRefundsAtGoogle(PaymentStores stores, GooglePurchase purchase, int quantity, string[] others)
    {
        void Plan(int refundType, Action<GoogleSale> giveBack) => At(Soon(60 * Minute), () =>
        {
            var sale = stores.Google.Sale(purchase.PurchaseToken);
            if (sale.VoidedMs is null)
            {
                giveBack(sale);
                var voided = stores.Google.VoidedNotice(purchase, refundType: refundType);
                Tell("google", () => (voided, Bearer()), isLost: OneIn(3));
            }
            return Task.CompletedTask;
        });

        for (var i = _random.Next(quantity + 1); i > 0 && quantity > 1; i--)
        {
            Plan(QuantityRefund, sale =>
            {
                if (sale.RefundedQuantity < quantity)
                {
                    stores.Google.VoidPart(purchase.PurchaseToken, 1);
                }
            });
        }
        if (others.Length > 0 && OneIn(2))
        {
            var product = others[_random.Next(others.Length)];
            Plan(QuantityRefund, _ => stores.Google.VoidPart(purchase.PurchaseToken, 1, product: product));
        }
        if (OneIn(4))
        {
            Plan(WholeRefund, _ => stores.Google.Void(purchase.PurchaseToken));
        }
    }

    /// <summary>A client presents what Google signed, which says no quantity of each product, or the bare token.</summary>
    private void PresentAtGoogle(OrderId id, PaymentStores stores, GooglePurchase purchase, string product)
    {
        var isToken = (purchase.MoreProducts.Count > 0 && purchase.Quantity is not null) || OneIn(3);
        Present(id, isToken
            ? stores.GoogleKeys.Purchase(purchase with { ProductId = product }, GoogleShape.Token)
            : stores.GoogleKeys.Purchase(purchase, Any(GoogleShape.Json, GoogleShape.Unity)));
    }

    private static Money BackAtGoogle(GoogleSale sale, string product, int count, Money money)
    {
        var pieces = sale.VoidedMs is not null ? count
            : product == sale.Purchase.ProductId ? sale.RefundedQuantity
            : sale.MoreRefunded.Contains(product) ? 1 : 0;
        return new Money((long)((decimal)money.AmountE4 * pieces / count));
    }

    private IEnumerable<(string, string)> Bearer(PushForgery forgery = PushForgery.None) =>
        world.Main.Google.PushToken(forgery) is { } token ? [("authorization", "Bearer " + token)] : [];
}
