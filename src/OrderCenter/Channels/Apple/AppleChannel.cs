using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>Apple's App Store (anchors/payments.md, "Apple" and "What payreturndata may hold"): a JWS transaction is judged by its signature; a bare
/// transaction id is asked for at the App Store Server API; an old app receipt at verifyReceipt.</summary>
/// <param name="clock">A transaction signed later than this clock says, beyond 60 s, is refused; tokens are dated by it.</param>
/// <param name="http">Calls to Apple.</param>
/// <param name="findHolder">Which purchases of an app receipt have paid another order.</param>
public sealed class AppleChannel(TimeProvider clock, StoreHttp http, FindHolder findHolder) : IChannel, IAsked
{
    internal const string ChannelName = "apple";

    private const string UnityStore = "AppleAppStore";
    private const string IdField = "transactionId";
    private const string AppReceiptField = "receipt-data";
    private const int IdCharsMax = 128;

    /// <summary>How many purchases of one app receipt are looked up.</summary>
    private const int CandidatesMax = 20;

    private static readonly string[] Secrets = [AppleSettings.PrivateKeyField, AppleSettings.SharedSecretField];
    private static readonly string[] SignedForms = ["signedTransaction", "jwsRepresentation"];
    private static readonly string[] OnlineForms = [IdField, AppReceiptField];
    private static readonly Verdict NotConfigured = new Verdict.Rejected("channel apple is not configured for this app");
    private readonly AppStoreApi _api = new(clock, http);
    private readonly AppReceipts _appReceipts = new(http);

    public string Name => ChannelName;

    public string Channel => ChannelName;

    public bool AsksByOrder => false;

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => AppleSettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt)
    {
        var fields = new Fields(receipt.Root);
        return receipt.UnityStore == UnityStore || (receipt.UnityStore is null && (Jws(receipt, fields) is not null || IsOnlineForm(receipt, fields)));
    }

    /// <summary>1. The app has this channel. 2. What the receipt holds decides how it is proven: a JWS by its signature (and online, where the app wants
    /// that too), a transaction id by asking for it, an app receipt by verifyReceipt. 3. Only what is proven is compared with the order.</summary>
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
        var fields = new Fields(receipt.Root);
        if (Jws(receipt, fields) is { } jws)
        {
            var verdict = JudgeSigned(app, settings, order, jws);
            return settings is { CheckOnline: true, Api: not null } && verdict is Verdict.Paid { Payment: var paid }
                ? await JudgeIdAsync(app, settings, order, paid.TransactionId, cancellationToken)
                : verdict;
        }
        if (!IsOnlineForm(receipt, fields))
        {
            return new Verdict.Rejected("the receipt must hold signedTransaction (or jwsRepresentation) as a string");
        }
        var namedId = fields.Text(receipt.UnityPayload is null ? IdField : "TransactionID", IdCharsMax);
        var appReceipt = receipt.UnityPayload ?? fields.Text(AppReceiptField, Receipt.BytesMax);
        if (!string.IsNullOrEmpty(appReceipt) && (namedId is null || (settings.Api is null && settings.TakesAppReceipts)))
        {
            return await JudgeAppReceiptAsync(app, settings, order, appReceipt, namedId, cancellationToken);
        }
        return namedId is null
            ? new Verdict.Rejected("transactionId, receipt-data: this form needs the online check, and holds nothing to ask for")
            : await JudgeIdAsync(app, settings, order, namedId, cancellationToken);
    }

    /// <summary>Asks for a transaction by Apple's number of it; our own number means nothing to Apple.</summary>
    public async ValueTask<Verdict> AskAsync(App app, Order order, string? transaction, CancellationToken cancellationToken)
    {
        if (AppleSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        return transaction is null
            ? new Verdict.Rejected("the App Store can be asked only by a transaction's number")
            : await JudgeIdAsync(app, settings, order, transaction, cancellationToken);
    }

    private Verdict JudgeSigned(App app, AppleSettings settings, Order order, string jws)
    {
        if (!SignedTransaction.TryVerify(jws, settings, clock.GetUtcNow().ToUnixTimeMilliseconds(), out var payload, out var fault))
        {
            return new Verdict.Rejected($"the signed transaction is not authentic: {fault}");
        }
        return TransactionPayload.Read(payload) is { } transaction
            ? AppleJudgement.Compare(app, settings, order, transaction)
            : new Verdict.Rejected($"the signed transaction is not usable: {payload.Faults[0]}");
    }

    private async Task<Verdict> JudgeIdAsync(App app, AppleSettings settings, Order order, string transactionId, CancellationToken cancellationToken)
    {
        if (settings.Api is null || settings.Environment == AppleSettings.Xcode)
        {
            return new Verdict.Rejected("transactionId: this form needs the online check, which is not configured (issuerId, keyId, privateKey)");
        }
        if (!AppStoreApi.IsTransactionId(transactionId))
        {
            return new Verdict.Rejected("transactionId is not a transaction's number");
        }
        return await FetchAsync(settings, transactionId, cancellationToken) switch
        {
            ApiAnswer.Found found => JudgeFetched(app, settings, order, transactionId, found.Fields),
            ApiAnswer.NotFound => new Verdict.Rejected("the App Store does not know this transaction"),
            ApiAnswer.Refused refused => new Verdict.Rejected(refused.Reason),
            ApiAnswer.NotAdmitted closed => new Verdict.TryLater(closed.Reason),
            ApiAnswer.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    /// <summary>Production first. What it does not know may be the sandbox's, since App Review and TestFlight buy there with the production build; and
    /// before an app is live, production admits nobody.</summary>
    private async Task<ApiAnswer> FetchAsync(AppleSettings settings, string transactionId, CancellationToken cancellationToken)
    {
        if (settings.Environment == AppleSettings.Sandbox)
        {
            return await _api.TransactionAsync(settings, settings.SandboxApiBase, transactionId, cancellationToken);
        }
        var answer = await _api.TransactionAsync(settings, settings.ApiBase, transactionId, cancellationToken);
        if (answer is not (ApiAnswer.NotFound or ApiAnswer.NotAdmitted))
        {
            return answer;
        }
        var sandbox = await _api.TransactionAsync(settings, settings.SandboxApiBase, transactionId, cancellationToken);
        return answer is ApiAnswer.NotFound || sandbox is ApiAnswer.Found ? sandbox : answer;
    }

    /// <summary>The answer is proven by its own signature, like one that a client brings, and has to be what was asked for.</summary>
    private Verdict JudgeFetched(App app, AppleSettings settings, Order order, string transactionId, Fields answer)
    {
        if (answer.Text("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws)
        {
            return new Verdict.TryLater("the App Store's answer holds no signedTransactionInfo");
        }
        var verdict = JudgeSigned(app, settings, order, jws);
        var payment = verdict switch
        {
            Verdict.Paid paid => paid.Payment,
            Verdict.Contradicts contradicts => contradicts.Payment,
            _ => null,
        };
        return payment is null || payment.TransactionId == transactionId ? verdict : new Verdict.Rejected("the App Store answered with another transaction");
    }

    private async Task<Verdict> JudgeAppReceiptAsync(
        App app, AppleSettings settings, Order order, string appReceipt, string? namedId, CancellationToken cancellationToken)
    {
        if (!settings.TakesAppReceipts || settings.Environment == AppleSettings.Xcode)
        {
            return new Verdict.Rejected("receipt-data: this form needs the online check, which is not configured (sharedSecret or verifyReceiptUrl)");
        }
        if (!Convert.TryFromBase64String(appReceipt, new byte[appReceipt.Length], out _))
        {
            return new Verdict.Rejected("receipt-data is not base64");
        }
        return await _appReceipts.VerifyAsync(settings, appReceipt, cancellationToken) switch
        {
            AppReceiptAnswer.Genuine genuine => await ChooseAsync(genuine.Purchases, order, namedId, cancellationToken) is { } purchase
                ? AppleJudgement.Compare(app, settings, order, purchase)
                : new Verdict.Rejected(namedId is null ? "the receipt holds no purchase of this product" : "the receipt does not hold this transaction"),
            AppReceiptAnswer.Rejected rejected => new Verdict.Rejected(rejected.Reason),
            AppReceiptAnswer.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    /// <summary>The purchase that the client names. Where it names none: the newest of the product that no order has been paid by, so that of two
    /// purchases in one receipt each pays its own order; else the newest, which says what is wrong with it.</summary>
    private async Task<TransactionPayload?> ChooseAsync(IReadOnlyList<TransactionPayload> purchases, Order order, string? namedId, CancellationToken cancellationToken)
    {
        if (namedId is not null)
        {
            return purchases.FirstOrDefault(purchase => purchase.TransactionId == namedId);
        }
        var candidates = purchases.Where(purchase => purchase.ProductId == order.ProductId).OrderByDescending(purchase => purchase.PurchasedMs).ToArray();
        TransactionPayload? free = null;
        foreach (var candidate in candidates.Where(purchase => !purchase.IsRevoked).Take(CandidatesMax))
        {
            var holder = await findHolder(ChannelName, candidate.TransactionId, cancellationToken);
            if (holder == order.Id)
            {
                // The same receipt again: what it paid then, not the player's next purchase.
                return candidate;
            }
            free ??= holder is null ? candidate : null;
        }
        return free ?? candidates.FirstOrDefault();
    }

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
