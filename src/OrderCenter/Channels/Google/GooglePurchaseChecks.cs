using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Compares a purchase that is known to be Google's with an order: the same rules however it was proven.</summary>
internal static class GooglePurchaseChecks
{
    /// <summary>Offline: the signed data alone. A tester's purchase looks like a real one.</summary>
    public static Verdict Compare(GoogleSettings settings, Order order, PurchaseData purchase)
    {
        var productId = purchase.ProductFor(order);
        var payment = PaymentOf(purchase, productId);
        if ((WrongThing(settings, order, purchase.PackageName, productId) ?? StateFault(purchase.PurchaseState)) is { } wrong)
        {
            return new Verdict.Rejected(wrong) { Payment = payment };
        }
        return Compare(settings, order, payment, purchase.ObfuscatedAccountId, purchase.IsAccountUnread);
    }

    /// <summary>Online: what Google's server says now of the purchase's line for the order's product.</summary>
    public static Verdict Compare(App app, GoogleSettings settings, Order order, string token, OnlinePurchase purchase)
    {
        var line = purchase.Find(order.ProductId) ?? purchase.Lines[0];
        var payment = purchase.PaymentOf(token, line);
        if ((WrongThing(settings, order, settings.PackageName, line.ProductId) ?? StateFault(purchase.State)) is { } wrong)
        {
            return new Verdict.Rejected(wrong) { Payment = payment };
        }
        if (purchase.IsTest && !app.AcceptsSandboxOf(order.UserId))
        {
            return new Verdict.Rejected("a test purchase is accepted only for testers") { Payment = payment };
        }
        if (line.Refunded >= line.Quantity)
        {
            // A refund need not take the product away: the purchase stays purchased.
            return new Verdict.Rejected("the purchase was refunded") { Payment = payment };
        }
        if (line.Refunded > 0 && order.State.Pay == PayState.Unpaid)
        {
            // Of an order that is not paid yet it is not known what the rest is worth.
            return new Verdict.Contradicts(payment, $"Google gave {line.Refunded} of {line.Quantity} back before it paid this order");
        }
        if (line.IsConsumed && order.State.Pay == PayState.Unpaid && !settings.AcceptsConsumed)
        {
            // It was delivered before, or a client consumes by itself; an operator, or the setting, decides.
            return new Verdict.Contradicts(payment, "the purchase was consumed before it paid this order");
        }
        return Compare(settings, order, payment, purchase.ObfuscatedAccountId, purchase.IsAccountUnread);
    }

    /// <summary>What Google signed as a payment, whichever order it is for.</summary>
    public static Payment PaymentOf(PurchaseData purchase, string productId)
    {
        var ofSeveral = purchase.ProductIds.Count > 1 ? productId : null;
        return new Payment
        {
            Channel = GoogleChannel.ChannelName,
            Environment = Payment.Production,
            TransactionId = PurchaseName.Of(purchase.PurchaseToken, ofSeveral),
            StoreOrderId = PurchaseName.Of(purchase.OrderId, ofSeveral),
            ProductId = productId,
            Quantity = purchase.Quantity,
            PurchasedMs = purchase.PurchaseTimeMs,
        };
    }

    /// <summary>Package and product, before Google is queried.</summary>
    public static string? WrongThing(GoogleSettings settings, Order order, string packageName, string productId) =>
        packageName != settings.PackageName ? "the receipt is for another package"
        : productId != order.ProductId ? "the receipt is for another product"
        : null;

    private static string? StateFault(long state) => state switch
    {
        0 => null,
        1 => "the purchase was cancelled",
        2 => "the purchase is pending",
        _ => "the purchase is in a state that is not purchased",
    };

    private static Verdict Compare(GoogleSettings settings, Order order, Payment payment, string? obfuscatedAccountId, bool isAccountUnread)
    {
        if (payment.Quantity != order.Quantity)
        {
            return new Verdict.Contradicts(payment, $"the receipt is for the quantity {payment.Quantity}, the order for {order.Quantity}");
        }
        if (settings.CheckAccount && isAccountUnread)
        {
            return new Verdict.Contradicts(payment, "the receipt names a player in a way that cannot be read (obfuscatedAccountId)");
        }
        if (settings.CheckAccount && obfuscatedAccountId is { } account && !Names(account, order.UserId))
        {
            return new Verdict.Contradicts(payment, "the receipt names another player (obfuscatedAccountId)");
        }
        return new Verdict.Paid(payment);
    }

    /// <summary>Google asks games not to hand it plain user ids, so the hexadecimal SHA-256 of one is accepted as well.</summary>
    private static bool Names(string account, string userId) =>
        account == userId
            || account.Equals(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(userId))), StringComparison.OrdinalIgnoreCase);
}
