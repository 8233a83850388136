using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Simulation;

/// <summary>What players, merchants and strangers do at each store.</summary>
internal sealed partial class PaymentSimulation
{
    private static readonly (string, string)[] NoHeaders = [];

    private async Task PayAtAlipayAsync(TrueOrder order, bool isFirst, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var money = isRight ? order.Money : More;
        var total = money.AmountE4 / 10_000m;
        var trade = isFirst
            ? world.Alipay.Pay(order.Id.Value, total)
            : new AlipayTrade(Number("2026"), order.Id.Value, "TRADE_SUCCESS", total, 0, world.Clock.GetUtcNow(), null, Number("n"));
        var purchase = Book(order, "alipay", trade.TradeNo, isRight, money);
        void TellOf(AlipayTrade told, bool isNever = false) => Tell("alipay", () => (Form(world.Alipay.Notification(told)), NoHeaders), isNever);

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
                trade = isFirst ? world.Alipay.Find(order.Id.Value)! : trade;
                if (trade.Refunded + part > total)
                {
                    return Task.CompletedTask;
                }
                trade = isFirst
                    ? world.Alipay.Refund(trade, part)
                    : trade with { Refunded = trade.Refunded + part, Status = trade.Refunded + part >= total ? "TRADE_CLOSED" : trade.Status, NotifyId = Number("n") };
                purchase.PartsBack = new Money((long)(trade.Refunded * 10_000));
                TellOf(trade);
                return Task.CompletedTask;
            });
        }
        if (isFirst)
        {
            // What we asked for is in Alipay's own books; it may tell of it or not.
            purchase.InBooks = () => new Money((long)(world.Alipay.Find(order.Id.Value)!.Refunded * 10_000));
            void TellSum()
            {
                if (world.Alipay.Find(order.Id.Value)! is { Refunded: > 0 } refunded)
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

    private async Task PayAtWeChatAsync(TrueOrder order, bool isFirst, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var money = isRight ? order.Money : More;
        var (id, fen) = (order.Id.Value, money.AmountE4 / 100);
        var transaction = isFirst
            ? world.WeChat.Pay(id, fen)
            : world.WeChat.Find(id)! with { TransactionId = Number("4200"), State = "SUCCESS", TotalFen = fen, PaidAt = world.Clock.GetUtcNow() };
        var purchase = Book(order, "wechat", transaction.TransactionId, isRight, money);
        void TellNow(Func<WeChatMessage> make, bool isNever = false) => Tell(
            "wechat",
            () =>
            {
                var message = make();
                return (message.Body, message.Headers);
            },
            isNever);

        TellNow(() => world.WeChat.Message(transaction), isLost);
        var refunds = 0;
        foreach (var part in Parts(fen / 100m))
        {
            var (refundId, back) = ($"r{refunds++}-{transaction.TransactionId}", (long)(part * 100));
            At(Soon(60 * Minute), () =>
            {
                if (isFirst)
                {
                    world.WeChat.IsRefundSlow = false;
                    if (world.WeChat.Refund(transaction.TransactionId, back, refundId) is null)
                    {
                        return Task.CompletedTask;
                    }
                }
                purchase.PartsBack = new Money(purchase.PartsBack.AmountE4 + (back * 100));
                TellNow(() => world.WeChat.RefundMessage(transaction, back, refundId: refundId));

                // The same refund under another notification's number.
                TellNow(() => world.WeChat.RefundMessage(transaction, back, refundId: refundId, id: "again-" + refundId));
                return Task.CompletedTask;
            });
        }
        if (isFirst)
        {
            // What we asked for is in WeChat's own books; it ends some time, or never comes to anything.
            IEnumerable<WeChatRefund> Made() => world.WeChat.RefundsOf(transaction.TransactionId);
            purchase.InBooks = () => new Money(Made().Where(refund => refund.Status == "SUCCESS").Sum(refund => refund.Fen) * 100);
            void Finish() => Made().Where(refund => refund.Status == "PROCESSING").ToList().ForEach(refund => world.WeChat.FinishRefund(refund.Number, OneIn(4) ? "CLOSED" : "SUCCESS"));
            _slow.Add(Finish);
            At(Soon(LastMs), () =>
            {
                Finish();
                foreach (var refund in Made().Where(refund => refund.Number.Contains('R', StringComparison.Ordinal)))
                {
                    TellNow(() => world.WeChat.RefundMessage(transaction, refund.Fen, refund.Status, refund.RefundId, number: refund.Number), isNever: OneIn(2));
                }
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>WeChat takes one payment for a number, and tells what its books say then.</summary>
    private async Task PayAtVirtualAsync(TrueOrder order, bool isRight, bool isLost)
    {
        await Task.CompletedTask;
        var money = isRight ? order.Money : More;
        var bought = world.Virtual.Pay(world.Virtual.Find(order.Id.Value)!, money.AmountE4 / 100);
        var purchase = Book(order, "wechat-virtual", bought.WeChatId, isRight, money);
        void TellNow(Func<(string Body, string Query)> make, bool isNever = false) => Tell(
            "wechat-virtual",
            () =>
            {
                var (body, query) = make();
                return (body, NoHeaders, query);
            },
            isNever);

        TellNow(() => world.Virtual.Delivery(bought), isLost);
        foreach (var part in Parts(money.AmountE4 / 10_000m))
        {
            var back = (long)(part * 100);
            At(Soon(60 * Minute), () =>
            {
                purchase.PartsBack = new Money(purchase.PartsBack.AmountE4 + (back * 100));
                world.Virtual.Refund(bought, back);
                TellNow(() => world.Virtual.RefundWord(bought, back));
                return Task.CompletedTask;
            });
        }
    }

    private async Task PayAtGoogleAsync(TrueOrder order, bool isRight)
    {
        await Task.CompletedTask;
        var purchase = world.Google.Sell(new GooglePurchase
        {
            PackageName = PaymentWorld.Package, ProductId = Product, PurchaseTimeMs = world.NowMs, Quantity = isRight ? null : 2, ObfuscatedProfileId = OneIn(2) ? order.Id.Value : null,
        });
        var booked = Book(order, "google", purchase.PurchaseToken, isRight);
        Present(order.Id, world.GoogleKeys.Purchase(purchase, Any(GoogleShape.Json, GoogleShape.Token, GoogleShape.Unity)));
        Share(booked, purchase.ObfuscatedProfileId is null, id => Present(id, world.GoogleKeys.Purchase(purchase)));
        var push = world.Google.PurchaseNotice(purchase);
        Tell("google", () => (push, Bearer()));
        if (OneIn(3))
        {
            At(Soon(60 * Minute), () =>
            {
                world.Google.Void(purchase.PurchaseToken);
                booked.IsRefunded = true;

                // What no push tells, the list of voided purchases does.
                var voided = world.Google.VoidedNotice(purchase);
                Tell("google", () => (voided, Bearer()), isLost: OneIn(3));
                return Task.CompletedTask;
            });
        }
    }

    private async Task PayAtAppleAsync(TrueOrder order, bool isRight)
    {
        await Task.CompletedTask;
        var transaction = world.Apple.Sell(new AppleTransaction { BundleId = PaymentWorld.Package, ProductId = Product, PurchaseDateMs = world.NowMs, Quantity = isRight ? 1 : 2 });
        var booked = Book(order, "apple", transaction.TransactionId, isRight);
        var receipt = world.AppleKeys.Purchase(transaction);
        Present(order.Id, receipt);
        Share(booked, isAllowed: true, id => Present(id, receipt));
        var charge = world.Apple.Notice("ONE_TIME_CHARGE", transaction);
        Tell("apple", () => (charge, NoHeaders));

        // Refunded, the refund reversed, refunded again: Apple's words, in Apple's order, which is not that of their arrival.
        var atMs = world.NowMs;
        for (var (word, words) = (0, OneIn(2) ? 0 : 1 + _random.Next(3)); word < words; word++)
        {
            var isRefund = word % 2 == 0;
            atMs += 1 + _random.NextInt64(30 * Minute);
            At(atMs, async () =>
            {
                booked.IsRefunded = isRefund;
                var now = world.Apple.Sell(transaction with { RevocationDateMs = isRefund ? world.NowMs : null });
                if (isRefund && OneIn(4))
                {
                    world.Apple.FailToNotify("REFUND", now);
                    return;
                }
                var body = world.Apple.Notice(isRefund ? "REFUND" : "REFUND_REVERSED", now);
                Tell("apple", () => (body, NoHeaders));
                if (OneIn(4))
                {
                    // A process that died after it had kept the word and before the order followed.
                    await world.Store.WriteAsync(
                        unit => RefundEventTable.SaveAsync(unit, new RefundEvent("apple", Payment.Production, transaction.TransactionId, _app.GameId, isRefund, world.NowMs)), Now);
                }
            });
        }
    }

    /// <summary>Nothing goes back, all of it, a part, or all of it in parts.</summary>
    private decimal[] Parts(decimal total) => _random.Next(6) switch
    {
        0 => [total],
        1 => [0.1m],
        2 => [total / 2],
        3 => [0.1m, 0.2m, total - 0.3m],
        _ => [],
    };

    /// <summary>One receipt for several orders: a player tries it on.</summary>
    private void Share(TruePurchase purchase, bool isAllowed, Action<OrderId> present)
    {
        var others = _orders.FindAll(order => !purchase.Orders.Contains(order.Id) && (order.Channel is null || order.Channel == purchase.Channel));
        if (isAllowed && others.Count > 0 && OneIn(3))
        {
            var other = others[_random.Next(others.Count)];
            purchase.Orders.Add(other.Id);
            present(other.Id);
        }
    }

    private IEnumerable<(string, string)> Bearer(PushForgery forgery = PushForgery.None) => world.Google.PushToken(forgery) is { } token ? [("authorization", "Bearer " + token)] : [];

    /// <summary>A stranger says that an order was paid.</summary>
    private async Task ForgeAsync(TrueOrder order)
    {
        var isOpen = mutant == PaymentMutant.DoorOpen;
        var number = Number("666");
        _forged.Add(number);
        NotificationReception? taken = null;
        switch (Any("alipay", "wechat", "wechat-virtual", "google", "apple", "receipt of google", "receipt of apple"))
        {
            case "alipay":
                var trade = new AlipayTrade(number, order.Id.Value, "TRADE_SUCCESS", order.Money.AmountE4 / 10_000m, 0, world.Clock.GetUtcNow(), null, Number("n"));
                var alipay = isOpen ? AlipayForgery.None : Any(AlipayForgery.WrongKey, AlipayForgery.ChangedAmount, AlipayForgery.ChangedSignature, AlipayForgery.OldSignType, AlipayForgery.NoSign, AlipayForgery.EmptySecret, AlipayForgery.OtherApp, AlipayForgery.FieldTwice);
                taken = await world.TellAsync("alipay", _app, Form(world.Alipay.Notification(trade, alipay)), NoHeaders);
                break;
            case "wechat":
                var transaction = new WeChatTransaction(number, order.Id.Value, "SUCCESS", order.Money.AmountE4 / 100, 0, world.Clock.GetUtcNow(), null, "");
                var forgeries = Enum.GetValues<WeChatForgery>();
                var message = world.WeChat.Message(transaction, isOpen ? WeChatForgery.None : forgeries[_random.Next(1, forgeries.Length)]);
                taken = await world.TellAsync("wechat", _app, message.Body, message.Headers);
                break;
            case "wechat-virtual":
                var (said, address) = world.Virtual.Delivery(
                    new WeChatVirtualOrder(order.Id.Value, number, number, Product, 1, order.Money.AmountE4 / 100, 0, 2, world.Virtual.OpenId, world.Clock.GetUtcNow()),
                    Any(WeChatVirtualForgery.WrongToken, WeChatVirtualForgery.ChangedSignature, WeChatVirtualForgery.NoSign, WeChatVirtualForgery.Old, WeChatVirtualForgery.OtherKey, WeChatVirtualForgery.OtherApp, WeChatVirtualForgery.ChangedBody));
                taken = await world.TellAsync("wechat-virtual", _app, said, NoHeaders, address);
                break;
            case "google":
                var push = world.Google.PurchaseNotice(new GooglePurchase { PackageName = PaymentWorld.Package, ProductId = Product, PurchaseToken = number });
                var forgery = Any(PushForgery.NoToken, PushForgery.WrongAudience, PushForgery.WrongIssuer, PushForgery.WrongEmail, PushForgery.Expired, PushForgery.UnknownKey, PushForgery.AlgNone, PushForgery.AlgHs256);
                taken = await world.TellAsync("google", _app, push, Bearer(forgery));
                break;
            case "apple":
                var body = world.Apple.Notice("ONE_TIME_CHARGE", Fake(number), Any(AppleNoticeForgery.ForeignOuter, AppleNoticeForgery.ForeignInner, AppleNoticeForgery.OuterBundle, AppleNoticeForgery.InnerBundle));
                taken = await world.TellAsync("apple", _app, body, NoHeaders);
                break;
            case "receipt of google":
                var purchase = new GooglePurchase { PackageName = PaymentWorld.Package, ProductId = Product, PurchaseToken = number };
                await RefuseAsync(order, world.GoogleKeys.Purchase(purchase, GoogleShape.Json, Any(GoogleForgery.WrongKey, GoogleForgery.ChangedData, GoogleForgery.ChangedSignature, GoogleForgery.WrongHash)));
                break;
            default:
                await RefuseAsync(order, world.AppleKeys.Purchase(Fake(number), AppleShape.SignedTransaction, Any(AppleForgery.ForeignRoot, AppleForgery.FlippedPayloadByte, AppleForgery.AlgNone, AppleForgery.LeafWithoutOid)));
                break;
        }

        // While Google's keys cannot be fetched nobody's push can be judged: it is not taken either.
        if (!isOpen && taken is NotificationReception.Stored)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"the forged {number} was taken in"));
        }
    }

    private static AppleTransaction Fake(string number) => new() { BundleId = PaymentWorld.Package, ProductId = Product, TransactionId = number };

    private async Task RefuseAsync(TrueOrder order, string receipt)
    {
        Assert.True(Receipt.TryParse(System.Text.Encoding.UTF8.GetBytes(receipt), out var read, out _));
        if (await world.Receipts.ApplyAsync(_app, order.Id, read, deferredId: null, Now) is not PaymentOutcome.Refused)
        {
            _faults.Add($"a forged receipt for {order.Id} was not refused");
        }
    }
}
