using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>Compares a transaction that is known to be Apple's with an order: the same rules however it was proven.</summary>
internal static class AppleTransactionChecks
{
    private const string TokenAttribute = "appAccountToken";

    /// <summary>Whether the transaction pays for the order.</summary>
    public static Verdict Compare(App app, AppleSettings settings, OrderTokens tokens, Order order, TransactionPayload transaction)
    {
        var payment = PaymentOf(transaction);
        if (RejectReason(app, settings, order, transaction) is { } reason)
        {
            return new Verdict.Rejected(reason) { Payment = payment };
        }
        return Contradiction(app, settings, tokens, order, transaction) is { } contradiction
            ? new Verdict.Contradicts(payment, contradiction)
            : new Verdict.Paid(payment);
    }

    /// <summary>The transaction as a payment, whichever order it is for.</summary>
    public static Payment PaymentOf(TransactionPayload transaction) => new()
    {
        Channel = AppleChannel.ChannelName,
        Environment = transaction.Environment,
        TransactionId = transaction.TransactionId,
        StoreOrderId = OriginalId(transaction),
        ProductId = transaction.ProductId.Length == 0 ? null : transaction.ProductId,
        Quantity = transaction.Quantity,
        Money = transaction.Price,
        Currency = transaction.Currency,
        PurchasedMs = transaction.PurchasedMs,
    };

    /// <summary>The refund of a revoked transaction: of all, or of the share that it names, which is of all refunds of it so far.</summary>
    public static ProviderEvent RefundOf(TransactionPayload transaction, string wholeWords) => transaction.IsShareWhole
        ? new ProviderEvent.Refunded(PaymentOf(transaction), wholeWords) { ReportedMs = transaction.SignedMs }
        : new ProviderEvent.PartlyRefunded(null, PaymentOf(transaction), RefundWords(transaction))
        {
            Part = transaction.RevokedMoney() is { } money ? new PartialRefund(RefundId: null, money) : null,
            ReportedMs = transaction.SignedMs,
        };

    /// <summary>The description of a partial refund.</summary>
    public static string RefundWords(TransactionPayload transaction) => transaction.RevokedShare is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"Apple refunded a part of the purchase ({share / 1000m:0.###} %)")
        : "Apple refunded the purchase, and how much of it cannot be read (revocationPercentage)";

    private static string? RejectReason(App app, AppleSettings settings, Order order, TransactionPayload transaction)
    {
        if (transaction.BundleId != settings.BundleId)
        {
            return "the receipt is for another bundle";
        }
        if ((transaction.PayFault ?? (settings.CheckAccount ? transaction.TokenFault : null)) is { } fault)
        {
            return $"the receipt is authentic and cannot be understood: {fault}";
        }
        if (transaction.ProductId != order.ProductId)
        {
            return "the receipt is for another product";
        }
        if (transaction is { IsRevoked: true, IsShareWhole: true })
        {
            return "the purchase was refunded or revoked";
        }
        if (transaction.OwnershipType is not (null or TransactionPayload.Purchased))
        {
            return "the purchase was not made by this player (inAppOwnershipType)";
        }
        return EnvironmentFault(app, settings, order, transaction.Environment) ?? PriceFault(app, transaction);
    }

    /// <summary>Where prices are compared, a receipt without one is refused.</summary>
    private static string? PriceFault(App app, TransactionPayload transaction) =>
        !app.CheckPrice ? null
        : transaction.Price is null ? "the receipt tells no price, and the app compares prices (checkPrice)"
        : transaction.Currency is null ? "the receipt tells no currency, and the app compares prices (checkPrice)"
        : null;

    /// <summary>Each installation accepts its own environment's receipts; outside production only those of testers, and in production a
    /// tester's sandbox receipt too, since App Review and TestFlight buy in the sandbox with the production build.</summary>
    private static string? EnvironmentFault(App app, AppleSettings settings, Order order, string environment)
    {
        if (!IsExpected(settings, environment))
        {
            return $"the receipt is not of the environment {settings.Environment}";
        }
        return environment == AppleSettings.Production || app.AcceptsSandboxOf(order.UserId)
            ? null
            : $"a {environment} receipt is accepted only for testers";
    }

    /// <summary>Whether this installation accepts that environment's receipts at all.</summary>
    public static bool IsExpected(AppleSettings settings, string environment) =>
        environment == settings.Environment || (settings.Environment == AppleSettings.Production && environment == AppleSettings.Sandbox);

    /// <summary>Whether a transaction is of this app, in an environment that this installation accepts.</summary>
    public static bool IsOurs(AppleSettings settings, TransactionPayload transaction) =>
        transaction.BundleId == settings.BundleId && IsExpected(settings, transaction.Environment);

    private static string? Contradiction(
        App app, AppleSettings settings, OrderTokens tokens, Order order, TransactionPayload transaction)
    {
        // Of an order that is not paid yet it is not known what the rest is worth.
        if (transaction is { IsRevoked: true, IsShareWhole: false } && order.State.Pay == PayState.Unpaid)
        {
            return RefundWords(transaction);
        }
        if (transaction.Quantity != order.Quantity)
        {
            return $"the receipt is for the quantity {transaction.Quantity}, the order for {order.Quantity}";
        }
        if (settings.CheckAccount && transaction.AppAccountToken is { } token && TokenFault(tokens, order, token) is { } fault)
        {
            return fault;
        }
        if (app.CheckPrice && transaction.Currency is { } currency && !Currency.Same(currency, order.Currency))
        {
            return $"the receipt's currency is {currency}, the order's {order.Currency}";
        }
        // Both are totals: Apple's price is for the whole quantity, an order's money for the whole order.
        return app.CheckPrice && transaction.Price is { } price && price != order.Money
            ? $"the receipt's price is {price}, the order's {order.Money}"
            : null;
    }

    /// <summary>A token is the order's own, or the player's. One that we made for another order says whose purchase this is.</summary>
    private static string? TokenFault(OrderTokens tokens, Order order, Guid token) =>
        tokens.OrderOf(token, order.GameId) is { } named
            ? named == order.Id ? null : "the receipt names another order (appAccountToken)"
        : PlayerToken(order) is { } player && token != player ? "the receipt names another player (appAccountToken)"
        : null;

    /// <summary>The UUID by which the order names its player: the one that the game sent for this purpose, or the player's id where that is
    /// one. Null: there is nothing to compare.</summary>
    private static Guid? PlayerToken(Order order) =>
        Guid.TryParseExact(order.Attribute(TokenAttribute), "D", out var token) || Guid.TryParseExact(order.UserId, "D", out token)
            ? token
            : null;

    /// <summary>A restored purchase is a new transaction of the old one and must not pay twice; a subscription's renewals share their
    /// original and each pays on its own.</summary>
    private static string? OriginalId(TransactionPayload transaction) =>
        transaction.Type == TransactionPayload.AutoRenewable || transaction.OriginalTransactionId == transaction.TransactionId
            ? null
            : transaction.OriginalTransactionId;
}
