using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Google;

/// <summary>Google Play (anchors/payments.md, "Google Play" and "What payreturndata may hold"): signed purchase data is verified by its
/// signature; where the app has a service account, Google's server is queried as well, and a bare purchase token is enough.</summary>
public sealed class GoogleChannel : IChannel, IPaymentQuery
{
    internal const string ChannelName = "google";

    private const string UnityStore = "GooglePlay";
    private const int PurchaseDataCharsMax = 64 * 1024;
    private const int SignatureCharsMax = 4096;
    private const int NameCharsMax = 512;
    private const int TokenCharsMin = 20;
    private static readonly string[] Secrets = [GoogleSettings.ServiceAccountField];
    private static readonly Verdict NotConfigured = new Verdict.Rejected("channel google is not configured for this app");

    private static readonly (string Data, string Signature)[] SignedForms =
    [
        ("json", "signature"), ("purchaseData", "dataSignature"), ("INAPP_PURCHASE_DATA", "INAPP_DATA_SIGNATURE"), ("data", "signature"),
        ("dataAndroid", "signatureAndroid"), ("dataAndroid", "signature"),
    ];

    private readonly PlayApi _api;
    private readonly GoogleNotifications _notifications;

    /// <param name="clock">For tokens; the offline check compares no time, since Google's signature has none.</param>
    /// <param name="http">Calls to Google.</param>
    /// <param name="findOrder">The order that a notification names.</param>
    /// <param name="findPaidOrder">The order that a purchase has paid, of which a part was given back.</param>
    public GoogleChannel(TimeProvider clock, StoreHttp http, FindOrder findOrder, FindPaidOrder findPaidOrder)
    {
        _api = new PlayApi(clock, http);
        _notifications = new GoogleNotifications(clock, http, _api, findOrder, findPaidOrder);
        FulfilmentReporter = new GoogleFulfilment(_api);
        Refunder = new GoogleRefunds(_api);
        RefundReviewer = new GoogleRefundReview(_api);
        StatementSource = new GoogleReports(clock, http);
    }

    public IFulfilmentReporter FulfilmentReporter { get; }

    public IRefunder Refunder { get; }

    public IRefundReviewer RefundReviewer { get; }

    public INotificationHandler Notifications => _notifications;

    public IEventSource Events => _notifications.Voided;

    public IReadOnlyList<StatementFormat> StatementFormats { get; } = [new GoogleEarnings()];

    public IStatementSource StatementSource { get; }

    public string Name => ChannelName;

    public bool FindsByOrderId => false;

    /// <summary>A purchase token, of a purchase of several products with the product behind it. The order id (<c>GPA.…</c>) is a name of
    /// the purchase too, but Google cannot be queried by it.</summary>
    public bool IsTransactionId(string transaction)
    {
        var (token, productId) = PurchaseName.Parse(transaction);
        return token.Length >= TokenCharsMin && transaction.Length <= PurchaseData.TokenCharsMax
            && !token.StartsWith("GPA.", StringComparison.Ordinal) && IsName(token)
            && productId is not "" && IsName(productId);
    }

    public IReadOnlyList<string> SecretFields => Secrets;

    public IEnumerable<string> Faults(JsonElement settings) => GoogleSettings.Read(settings).Faults;

    public string? IdentityOf(JsonElement settings) => new JsonFieldReader(settings).AnyText("packageName", 256);

    public bool Recognises(Receipt receipt)
    {
        var fields = new JsonFieldReader(receipt.Root);
        return receipt.UnityStore == UnityStore || (receipt.UnityStore is null && (SignedForm(fields) is not null || IsOnlineForm(fields)));
    }

    /// <summary>1. The app has this channel. 2. Signed data must bear Google's signature over the exact bytes before any of it is believed.
    /// 3. Where the app has a service account, Google is queried for its present state. 4. Only then it is compared with the
    /// order.</summary>
    public async ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { } settings)
        {
            return NotConfigured;
        }
        if (receipt.UnityStore is not (null or UnityStore))
        {
            return new Verdict.Rejected("the Unity receipt is not of the store GooglePlay");
        }
        var fields = new JsonFieldReader(receipt.Root);
        if (SignedForm(fields) is { } form)
        {
            return await VerifySignedAsync(app, settings, order, form.Data, form.Signature, cancellationToken);
        }
        if (!IsOnlineForm(fields))
        {
            return new Verdict.Rejected("the receipt must hold json and signature (or purchaseData and dataSignature) as strings");
        }
        if (settings.Account is null)
        {
            return new Verdict.Rejected(
                "packageName, productId, purchaseToken: this form needs the online check, which is not configured (serviceAccount)");
        }
        return await VerifyTokenAsync(
            app, settings, order, fields.Text("packageName", NameCharsMax)!, fields.Text("productId", NameCharsMax)!,
            fields.Text("purchaseToken", PurchaseData.TokenCharsMax)!, cancellationToken);
    }

    /// <summary>Asks for a purchase by its token; our own number means nothing to Google.</summary>
    public async ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return NotConfigured;
        }
        return string.IsNullOrEmpty(transaction)
            ? new Verdict.Rejected("Google Play can be asked only by a purchase token")
            : await VerifyTokenAsync(
                app, settings, order, settings.PackageName, order.ProductId, PurchaseName.Parse(transaction).Token, cancellationToken);
    }

    public ClaimedPurchase? ReadClaim(Receipt receipt)
    {
        var fields = new JsonFieldReader(receipt.Root);
        var claimed = SignedForm(fields) is not { Data: var data }
            ? fields
            : JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(data), out var inner, out _) ? inner : null;
        return claimed?.Text("purchaseToken", PurchaseData.TokenCharsMax) is { } token
            ? new ClaimedPurchase(token, claimed.Text("orderId", NameCharsMax), claimed.Text("productId", NameCharsMax))
            : null;
    }

    private async Task<Verdict> VerifySignedAsync(
        App app, GoogleSettings settings, Order order, string text, string signatureText, CancellationToken cancellationToken)
    {
        if (!settings.HasPublicKey && settings.Account is null)
        {
            return NotConfigured;
        }
        var data = Encoding.UTF8.GetBytes(text);
        if (settings.HasPublicKey)
        {
            if (!StrictBase64.TryDecode(signatureText, out var signature))
            {
                return new Verdict.Rejected("the signature is not base64");
            }
            if (!settings.Verify(data, signature))
            {
                return new Verdict.Rejected("the signature is not Google's for this app");
            }
        }
        if (!PurchaseData.TryRead(data, out var purchase, out var fault))
        {
            return new Verdict.Rejected($"the purchase data is not usable: {fault}");
        }
        if (settings.Account is null)
        {
            return GooglePurchaseChecks.Compare(settings, order, purchase);
        }

        // What the signed data refuses or holds needs no query; what it accepts is queried, since the signature does not say what happened
        // after.
        var offline = settings.HasPublicKey ? GooglePurchaseChecks.Compare(settings, order, purchase) : null;
        if (offline is Verdict.Rejected)
        {
            return offline;
        }
        return await VerifyTokenAsync(
            app, settings, order, purchase.PackageName, purchase.ProductFor(order), purchase.PurchaseToken, cancellationToken) switch
        {
            Verdict.Paid when offline is Verdict.Contradicts => offline,

            // What Google signed is authentic, whatever its server says of it now.
            Verdict.Rejected { Payment: null } rejected when offline is not null =>
                rejected with { Payment = GooglePurchaseChecks.PaymentOf(purchase, purchase.ProductFor(order)) },
            var online => online,
        };
    }

    private async Task<Verdict> VerifyTokenAsync(
        App app, GoogleSettings settings, Order order, string packageName, string productId, string token,
        CancellationToken cancellationToken)
    {
        if (GooglePurchaseChecks.WrongThing(settings, order, packageName, productId) is { } wrong)
        {
            return new Verdict.Rejected(wrong);
        }
        if (token.Length > PurchaseData.TokenCharsMax || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(productId))
        {
            return new Verdict.Rejected("purchaseToken is not a purchase token");
        }
        return await _api.GetAsync(settings, productId, token, cancellationToken) switch
        {
            PlayResponse.Found found => OnlinePurchase.TryRead(found.Fields, productId, out var purchase, out var fault)
                ? GooglePurchaseChecks.Compare(app, settings, order, token, purchase)
                : new Verdict.TryLater($"Google Play's answer is not usable: {fault}"),
            PlayResponse.NotFound unknown => new Verdict.Rejected(unknown.Reason),
            PlayResponse.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static (string Data, string Signature)? SignedForm(JsonFieldReader fields)
    {
        foreach (var (dataName, signatureName) in SignedForms)
        {
            if (fields.Text(dataName, PurchaseDataCharsMax) is { } data && fields.Text(signatureName, SignatureCharsMax) is { } signature)
            {
                return (data, signature);
            }
        }
        return null;
    }

    private static bool IsName(string? text) => text is null || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static bool IsOnlineForm(JsonFieldReader fields) =>
        fields.Text("packageName", NameCharsMax) is not null
        && fields.Text("productId", NameCharsMax) is not null
        && fields.Text("purchaseToken", PurchaseData.TokenCharsMax) is not null;
}
