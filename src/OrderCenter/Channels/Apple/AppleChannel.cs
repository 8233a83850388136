using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>Apple's App Store: the offline check of a JWS transaction (anchors/payments.md, "Apple" and "What payreturndata may hold"). A bare transaction
/// id and the old app receipt are recognised, and refused until the online check is there.</summary>
public sealed class AppleChannel : IChannel
{
    internal const string ChannelName = "apple";

    private const string UnityStore = "AppleAppStore";
    private const string TokenAttribute = "appAccountToken";
    private static readonly string[] Secrets = [AppleSettings.PrivateKeyField];
    private static readonly string[] SignedForms = ["signedTransaction", "jwsRepresentation"];
    private static readonly string[] OnlineForms = ["transactionId", "receipt-data"];
    private readonly TimeProvider _clock;

    /// <param name="clock">A transaction signed later than this clock says, beyond 60 s, is refused.</param>
    public AppleChannel(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
    }

    public string Name => ChannelName;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => AppleSettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt)
    {
        var fields = new Fields(receipt.Root);
        return receipt.UnityStore == UnityStore || (receipt.UnityStore is null && (Jws(receipt, fields) is not null || IsOnlineForm(receipt, fields)));
    }

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Judge(app, order, receipt));

    /// <summary>1. The app has this channel. 2. The receipt is of a form that can be checked offline. 3. The JWS is the App Store's. 4. Only then its
    /// payload is read and compared with the order.</summary>
    private Verdict Judge(App app, Order order, Receipt receipt)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return new Verdict.Rejected("channel apple is not configured for this app");
        }
        if (receipt.UnityStore is not (null or UnityStore))
        {
            return new Verdict.Rejected("the Unity receipt is not of the store AppleAppStore");
        }
        var fields = new Fields(receipt.Root);
        if (Jws(receipt, fields) is not { } jws)
        {
            return new Verdict.Rejected(IsOnlineForm(receipt, fields)
                ? "transactionId, receipt-data: this form needs the online check, which is not configured"
                : "the receipt must hold signedTransaction (or jwsRepresentation) as a string");
        }
        if (!SignedTransaction.TryVerify(jws, settings, _clock.GetUtcNow().ToUnixTimeMilliseconds(), out var payload, out var fault))
        {
            return new Verdict.Rejected($"the signed transaction is not authentic: {fault}");
        }
        return TransactionPayload.Read(payload) is { } transaction
            ? Compare(app, settings, order, transaction)
            : new Verdict.Rejected($"the signed transaction is not usable: {payload.Faults[0]}");
    }

    private static Verdict Compare(App app, AppleSettings settings, Order order, TransactionPayload transaction)
    {
        if (RejectReason(app, settings, order, transaction) is { } reason)
        {
            return new Verdict.Rejected(reason);
        }
        var payment = new Payment
        {
            Channel = ChannelName,
            Environment = transaction.Environment,
            TransactionId = transaction.TransactionId,
            StoreOrderId = OriginalId(transaction),
            ProductId = transaction.ProductId,
            Quantity = transaction.Quantity,
            Money = transaction.Price,
            Currency = transaction.Currency,
            PurchasedMs = transaction.PurchasedMs,
        };
        return Contradiction(app, settings, order, transaction) is { } contradiction
            ? new Verdict.Contradicts(payment, contradiction)
            : new Verdict.Paid(payment);
    }

    private static string? RejectReason(App app, AppleSettings settings, Order order, TransactionPayload transaction)
    {
        if (transaction.BundleId != settings.BundleId)
        {
            return "the receipt is for another bundle";
        }
        if (transaction.ProductId != order.ProductId)
        {
            return "the receipt is for another product";
        }
        if (transaction.IsRevoked)
        {
            return "the purchase was refunded or revoked";
        }
        if (transaction.OwnershipType is not (null or TransactionPayload.Purchased))
        {
            return "the purchase was not made by this player (inAppOwnershipType)";
        }
        return EnvironmentFault(app, settings, order, transaction.Environment);
    }

    /// <summary>Each installation takes its own environment's receipts; outside production only those of testers, and in production a tester's sandbox
    /// receipt too, since App Review and TestFlight buy in the sandbox with the production build.</summary>
    private static string? EnvironmentFault(App app, AppleSettings settings, Order order, string environment)
    {
        var isExpected = environment == settings.Environment
            || (settings.Environment == AppleSettings.Production && environment == AppleSettings.Sandbox);
        if (!isExpected)
        {
            return $"the receipt is not of the environment {settings.Environment}";
        }
        return environment == AppleSettings.Production || app.AcceptsSandboxOf(order.UserId)
            ? null
            : $"a {environment} receipt is accepted only for testers";
    }

    private static string? Contradiction(App app, AppleSettings settings, Order order, TransactionPayload transaction)
    {
        if (transaction.Quantity != order.Quantity)
        {
            return $"the receipt is for the quantity {transaction.Quantity}, the order for {order.Quantity}";
        }
        if (settings.CheckAccount && transaction.AppAccountToken is { } token && PlayerToken(order) is { } player && token != player)
        {
            return "the receipt names another player (appAccountToken)";
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

    /// <summary>The UUID by which the order names its player: the one that the game sent for this purpose, or the player's id where that is one.
    /// Null: there is nothing to compare.</summary>
    private static Guid? PlayerToken(Order order) =>
        Guid.TryParseExact(order.Attribute(TokenAttribute), "D", out var token) || Guid.TryParseExact(order.UserId, "D", out token) ? token : null;

    /// <summary>A restored purchase is a new transaction of the old one and must not pay twice; a subscription's renewals share their original and each
    /// pays on its own.</summary>
    private static string? OriginalId(TransactionPayload transaction) =>
        transaction.Type == TransactionPayload.AutoRenewable || transaction.OriginalTransactionId == transaction.TransactionId
            ? null
            : transaction.OriginalTransactionId;

    private static string? Jws(Receipt receipt, Fields fields)
    {
        if (receipt.UnityPayload is { } payload)
        {
            return IsAppReceipt(payload) ? null : payload;
        }
        foreach (var name in SignedForms)
        {
            if (fields.Text(name, Receipt.BytesMax) is { } jws)
            {
                return jws;
            }
        }
        return null;
    }

    private static bool IsOnlineForm(Receipt receipt, Fields fields) =>
        receipt.UnityPayload is not null || Array.Exists(OnlineForms, name => fields.Text(name, Receipt.BytesMax) is not null);

    /// <summary>Base64 has no dots, and a JWS has two.</summary>
    private static bool IsAppReceipt(string unityPayload) => !unityPayload.Contains('.', StringComparison.Ordinal);
}
