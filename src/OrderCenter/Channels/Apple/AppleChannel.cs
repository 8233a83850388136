using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;

namespace OrderCenter.Channels.Apple;

/// <summary>Apple's App Store (anchors/payments.md, "Apple" and "What payreturndata may hold"): a JWS transaction is verified by its
/// signature; a bare transaction id is queried at the App Store Server API; an old app receipt at verifyReceipt.</summary>
public sealed class AppleChannel : IChannel, IPaymentQuery
{
    internal const string ChannelName = "apple";

    private const string UnityStore = "AppleAppStore";
    internal const string IdField = "transactionId";
    internal const string AppReceiptField = "receipt-data";
    private const int IdCharsMax = 128;
    private const int NumberCharsMin = 10;
    private const int NumberCharsMax = 20;

    /// <summary>How many purchases of one app receipt are looked up.</summary>
    private const int CandidatesMax = 20;

    private static readonly string[] Secrets =
        [AppleSettings.PrivateKeyField, AppleSettings.SharedSecretField, AppleReportSettings.PrivateKeyField];
    private static readonly Verdict NotConfigured = new Verdict.Rejected("channel apple is not configured for this app");
    private readonly TimeProvider _clock;
    private readonly FindPaidOrder _findPaidOrder;
    private readonly AppStoreApi _api;
    private readonly VerifyReceiptApi _appReceipts;
    private readonly AppleNotifications _notifications;
    private readonly OrderTokens _tokens;

    /// <param name="clock">A transaction signed later than this clock says, beyond 60 s, is refused; tokens are dated by it.</param>
    /// <param name="http">Calls to Apple.</param>
    /// <param name="findOrder">The order of a purchase that Apple asks about.</param>
    /// <param name="findPaidOrder">Which purchases of an app receipt have paid another order.</param>
    /// <param name="findShare">How much of a purchase was used that Apple asks about.</param>
    /// <param name="vault">The key of the orders' tokens.</param>
    public AppleChannel(
        TimeProvider clock, StoreHttp http, FindOrder findOrder, FindPaidOrder findPaidOrder, FindConsumedShare findShare, Vault vault)
    {
        _clock = clock;
        _findPaidOrder = findPaidOrder;
        _api = new AppStoreApi(clock, http);
        StatementSource = new AppleReports(http, clock);
        _appReceipts = new VerifyReceiptApi(http);
        _tokens = new OrderTokens(vault);
        _notifications = new AppleNotifications(clock, _api, _tokens, findOrder, findPaidOrder, findShare);
        Initiator = new AppleInitiation(_tokens);
        FulfilmentReporter = new AppleFulfilment(clock, _api, _tokens);
        RefundReviewer = new AppleRefundReview(_api);
    }

    public IPaymentInitiator Initiator { get; }
    public IFulfilmentReporter FulfilmentReporter { get; }
    public IRefundReviewer RefundReviewer { get; }

    public INotificationHandler Notifications => _notifications;
    public IEventSource Events => _notifications;

    /// <summary>The financial report first: it has the columns of the sales report too, under their other names, and more.</summary>
    public IReadOnlyList<StatementFormat> StatementFormats { get; } = [new AppleFinancial(), new AppleSales()];

    public IStatementSource StatementSource { get; }

    public string Name => ChannelName;
    public bool FindsByOrderId => false;

    /// <summary>A transaction's number: digits, 15 or 16 as a rule.</summary>
    public bool IsTransactionId(string transaction) =>
        transaction.Length is >= NumberCharsMin and <= NumberCharsMax && !transaction.AsSpan().ContainsAnyExceptInRange('0', '9');

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => AppleSettings.Read(settings).Faults;

    public string? IdentityOf(JsonElement settings) => new JsonFieldReader(settings).AnyText("bundleId", 256);

    public bool Recognises(Receipt receipt)
    {
        var fields = new JsonFieldReader(receipt.Root);
        return receipt.UnityStore == UnityStore
            || (receipt.UnityStore is null
                && (AppleReceiptForms.Jws(receipt, fields) is not null || AppleReceiptForms.IsOnlineForm(receipt, fields)));
    }

    /// <summary>1. The app has this channel. 2. What the receipt holds decides how it is proven: a JWS by its signature (and online, where
    /// the app wants that too), a transaction id by asking for it, an app receipt by verifyReceipt. 3. Only what is proven is compared with
    /// the order.</summary>
    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        if (receipt.UnityStore is not (null or UnityStore))
        {
            return new Verdict.Rejected("the Unity receipt is not of the store AppleAppStore");
        }
        var fields = new JsonFieldReader(receipt.Root);
        if (AppleReceiptForms.Jws(receipt, fields) is { } jws)
        {
            var verdict = VerifySigned(app, settings, order, jws, out _);
            return settings is { CheckOnline: true, Api: not null } && verdict is Verdict.Paid { Payment: var paid }
                ? await VerifyIdAsync(app, settings, order, paid.TransactionId, cancellationToken)
                : verdict;
        }
        if (!AppleReceiptForms.IsOnlineForm(receipt, fields))
        {
            return new Verdict.Rejected("the receipt must hold signedTransaction (or jwsRepresentation) as a string");
        }
        var namedId = fields.Text(receipt.UnityPayload is null ? IdField : "TransactionID", IdCharsMax);
        var appReceipt = receipt.UnityPayload ?? fields.Text(AppReceiptField, Receipt.BytesMax);
        if (!string.IsNullOrEmpty(appReceipt) && (namedId is null || (settings.Api is null && settings.TakesAppReceipts)))
        {
            return await VerifyAppReceiptAsync(app, settings, order, appReceipt, namedId, cancellationToken);
        }
        return namedId is null
            ? new Verdict.Rejected("transactionId, receipt-data: this form needs the online check, and holds nothing to ask for")
            : await VerifyIdAsync(app, settings, order, namedId, cancellationToken);
    }

    /// <summary>Queries a transaction by Apple's id; Apple does not know our order id.</summary>
    public async ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        return transaction is null
            ? new Verdict.Rejected("the App Store can be asked only by a transaction's number")
            : await VerifyIdAsync(app, settings, order, transaction, cancellationToken);
    }

    public ClaimedPurchase? ReadClaim(Receipt receipt)
    {
        var fields = new JsonFieldReader(receipt.Root);
        return AppleReceiptForms.Jws(receipt, fields) is { } jws ? AppleClaims.OfJws(jws)
            : fields.Text(receipt.UnityPayload is null ? IdField : "TransactionID", IdCharsMax) is { } id ? new ClaimedPurchase(id)
            : null;
    }

    private Verdict VerifySigned(App app, AppleSettings settings, Order order, string jws, out TransactionPayload? transaction)
    {
        transaction = null;
        if (!SignedTransaction.TryVerify(jws, settings, _clock.NowMs(), out var payload, out var fault))
        {
            return new Verdict.Rejected($"the signed transaction is not authentic: {fault}");
        }
        transaction = TransactionPayload.Read(payload);
        return transaction is not null
            ? AppleTransactionChecks.Compare(app, settings, _tokens, order, transaction)
            : new Verdict.Rejected($"the signed transaction is not usable: {payload.Faults[0]}")
            {
                Payment = AppleClaims.OfUnusable(payload),
            };
    }

    private async Task<Verdict> VerifyIdAsync(
        App app, AppleSettings settings, Order order, string transactionId, CancellationToken cancellationToken)
    {
        if (settings.Api is null || settings.Environment == AppleSettings.Xcode)
        {
            return new Verdict.Rejected(
                "transactionId: this form needs the online check, which is not configured (issuerId, keyId, privateKey)");
        }
        if (!AppStoreApi.IsTransactionId(transactionId))
        {
            return new Verdict.Rejected("transactionId is not a transaction's number");
        }
        return await FetchAsync(settings, transactionId, cancellationToken) switch
        {
            AppStoreResponse.Found found => VerifyFetched(app, settings, order, transactionId, found.Fields),
            AppStoreResponse.NotFound => new Verdict.Rejected("the App Store does not know this transaction"),
            AppStoreResponse.Refused refused => new Verdict.Rejected(refused.Reason),
            AppStoreResponse.NotAdmitted closed => new Verdict.TryLater(closed.Reason),
            AppStoreResponse.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    /// <summary>Production first. What it does not know may be the sandbox's, since App Review and TestFlight buy there with the production
    /// build; and before an app is live, production admits nobody.</summary>
    private async Task<AppStoreResponse> FetchAsync(AppleSettings settings, string transactionId, CancellationToken cancellationToken)
    {
        if (settings.Environment == AppleSettings.Sandbox)
        {
            return await _api.TransactionAsync(settings, settings.SandboxApiBase, transactionId, cancellationToken);
        }
        var answer = await _api.TransactionAsync(settings, settings.ApiBase, transactionId, cancellationToken);
        if (answer is not (AppStoreResponse.NotFound or AppStoreResponse.NotAdmitted))
        {
            return answer;
        }
        var sandbox = await _api.TransactionAsync(settings, settings.SandboxApiBase, transactionId, cancellationToken);
        return answer is AppStoreResponse.NotFound || sandbox is AppStoreResponse.Found ? sandbox : answer;
    }

    /// <summary>The answer is proven by its own signature, like one that a client brings, and has to be of the transaction that was
    /// queried.</summary>
    private Verdict VerifyFetched(App app, AppleSettings settings, Order order, string transactionId, JsonFieldReader answer)
    {
        if (answer.Text("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws)
        {
            return new Verdict.TryLater("the App Store's answer holds no signedTransactionInfo");
        }
        var verdict = VerifySigned(app, settings, order, jws, out var transaction);
        var payment = verdict switch
        {
            Verdict.Paid paid => paid.Payment,
            Verdict.Contradicts contradicts => contradicts.Payment,
            _ => null,
        };
        if (payment is not null && payment.TransactionId != transactionId)
        {
            return new Verdict.Rejected("the App Store answered with another transaction");
        }
        return transaction is { IsRevoked: true } && transaction.TransactionId == transactionId
            && AppleTransactionChecks.IsOurs(settings, transaction)
            ? verdict with { Refund = AppleTransactionChecks.RefundOf(transaction, "the App Store says that the purchase was refunded") }
            : verdict;
    }

    private async Task<Verdict> VerifyAppReceiptAsync(
        App app, AppleSettings settings, Order order, string appReceipt, string? namedId, CancellationToken cancellationToken)
    {
        if (!settings.TakesAppReceipts || settings.Environment == AppleSettings.Xcode)
        {
            return new Verdict.Rejected(
                "receipt-data: this form needs the online check, which is not configured (sharedSecret or verifyReceiptUrl)");
        }
        if (!Convert.TryFromBase64String(appReceipt, new byte[appReceipt.Length], out _))
        {
            return new Verdict.Rejected("receipt-data is not base64");
        }
        return await _appReceipts.VerifyAsync(settings, appReceipt, cancellationToken) switch
        {
            VerifyReceiptResponse.Genuine genuine => await ChooseAsync(genuine.Purchases, order, namedId, cancellationToken) is { } purchase
                ? AppleTransactionChecks.Compare(app, settings, _tokens, order, purchase)
                : new Verdict.Rejected(
                    namedId is null ? "the receipt holds no purchase of this product" : "the receipt does not hold this transaction")
                {
                    // What the player bought last, whatever it is.
                    Payment = genuine.Purchases.MaxBy(bought => bought.PurchasedMs) is { } newest
                        ? AppleTransactionChecks.PaymentOf(newest)
                        : null,
                },
            VerifyReceiptResponse.Rejected rejected => new Verdict.Rejected(rejected.Reason),
            VerifyReceiptResponse.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    /// <summary>The purchase that the client names. Where it names none: the newest of the product that no order has been paid by, so that
    /// of two purchases in one receipt each pays its own order; else the newest, which says what is wrong with it.</summary>
    private async Task<TransactionPayload?> ChooseAsync(
        IReadOnlyList<TransactionPayload> purchases, Order order, string? namedId, CancellationToken cancellationToken)
    {
        if (namedId is not null)
        {
            return purchases.FirstOrDefault(purchase => purchase.TransactionId == namedId);
        }
        var ofProduct = purchases.Where(purchase => purchase.ProductId == order.ProductId);
        var candidates = ofProduct.OrderByDescending(purchase => purchase.PurchasedMs).ToArray();
        TransactionPayload? free = null;
        foreach (var candidate in candidates.Where(purchase => purchase is { IsRevoked: false, PayFault: null }).Take(CandidatesMax))
        {
            var holder = await _findPaidOrder(ChannelName, candidate.TransactionId, cancellationToken);
            if (holder == order.Id)
            {
                // The same receipt again: what it paid then, not the player's next purchase.
                return candidate;
            }
            free ??= holder is null ? candidate : null;
        }
        return free ?? candidates.FirstOrDefault();
    }
}
