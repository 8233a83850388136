using System.Text;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Google Play (anchors/payments.md, "Google Play" and "What payreturndata may hold"): signed purchase data is judged by its signature; where the
/// app has a service account, Google's server is asked as well, and a bare purchase token can be.</summary>
/// <param name="clock">For tokens; the offline check judges no time, since Google's signature has none.</param>
/// <param name="http">Calls to Google.</param>
public sealed class GoogleChannel(TimeProvider clock, StoreHttp http) : IChannel, IAsked, ITold
{
    internal const string ChannelName = "google";

    private const string UnityStore = "GooglePlay";
    private const int PurchaseDataCharsMax = 64 * 1024;
    private const int SignatureCharsMax = 4096;
    private const int NameCharsMax = 512;
    private static readonly string[] Secrets = [GoogleSettings.ServiceAccountField];
    private static readonly Verdict NotConfigured = new Verdict.Rejected("channel google is not configured for this app");

    private static readonly (string Data, string Signature)[] SignedForms =
        [("json", "signature"), ("purchaseData", "dataSignature"), ("INAPP_PURCHASE_DATA", "INAPP_DATA_SIGNATURE")];

    public string Name => ChannelName;

    public string Channel => ChannelName;

    public bool AsksByOrder => false;

    public IReadOnlyList<string> SecretFields => Secrets;

    /// <summary>Google gives the money back after three days without a word (anchors/payments.md, "Google Play").</summary>
    public TimeSpan Patience { get; } = TimeSpan.FromDays(3);

    internal PlayApi Api { get; } = new(clock, http);

    public IEnumerable<string> Faults(JsonElement settings) => GoogleSettings.Read(settings).Faults;

    public bool Recognises(Receipt receipt)
    {
        var fields = new Fields(receipt.Root);
        return receipt.UnityStore == UnityStore || (receipt.UnityStore is null && (SignedForm(fields) is not null || IsOnlineForm(fields)));
    }

    /// <summary>1. The app has this channel. 2. Signed data must bear Google's signature over the exact bytes before any of it is believed. 3. Where the
    /// app has a service account, Google is asked what the purchase is now. 4. Only then it is compared with the order.</summary>
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
        var fields = new Fields(receipt.Root);
        if (SignedForm(fields) is { } form)
        {
            return await JudgeSignedAsync(app, settings, order, form.Data, form.Signature, cancellationToken);
        }
        if (!IsOnlineForm(fields))
        {
            return new Verdict.Rejected("the receipt must hold json and signature (or purchaseData and dataSignature) as strings");
        }
        if (settings.Account is null)
        {
            return new Verdict.Rejected("packageName, productId, purchaseToken: this form needs the online check, which is not configured (serviceAccount)");
        }
        return await JudgeTokenAsync(
            app, settings, order, fields.Text("packageName", NameCharsMax)!, fields.Text("productId", NameCharsMax)!,
            fields.Text("purchaseToken", PurchaseData.TokenCharsMax)!, cancellationToken);
    }

    /// <summary>Asks for a purchase by its token; our own number means nothing to Google.</summary>
    public async ValueTask<Verdict> AskAsync(App app, Order order, string? transaction, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return NotConfigured;
        }
        return string.IsNullOrEmpty(transaction)
            ? new Verdict.Rejected("Google Play can be asked only by a purchase token")
            : await JudgeTokenAsync(app, settings, order, settings.PackageName, order.ProductId, transaction, cancellationToken);
    }

    /// <summary>Without a service account consuming and acknowledging are the client's.</summary>
    public bool Tells(App app) => GoogleSettings.Of(app) is { Account: not null };

    public ValueTask<string?> DeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        TellAsync(app, order, payment, isDelivered: true, cancellationToken);

    public ValueTask<string?> AcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        TellAsync(app, order, payment, isDelivered: false, cancellationToken);

    private async Task<Verdict> JudgeSignedAsync(
        App app, GoogleSettings settings, Order order, string text, string signatureText, CancellationToken cancellationToken)
    {
        if (!settings.HasPublicKey && settings.Account is null)
        {
            return NotConfigured;
        }
        var data = Encoding.UTF8.GetBytes(text);
        if (settings.HasPublicKey)
        {
            if (!TryBase64(signatureText, out var signature))
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
            return GoogleJudgement.Compare(settings, order, purchase);
        }

        // What is refused or held by what Google signed needs no question; what is good is asked again, since the signature does not say what came after.
        var offline = settings.HasPublicKey ? GoogleJudgement.Compare(settings, order, purchase) : null;
        return offline is Verdict.Rejected
            ? offline
            : await JudgeTokenAsync(app, settings, order, purchase.PackageName, purchase.ProductId, purchase.PurchaseToken, cancellationToken) is var online
                && online is Verdict.Paid && offline is Verdict.Contradicts ? offline : online;
    }

    private async Task<Verdict> JudgeTokenAsync(
        App app, GoogleSettings settings, Order order, string packageName, string productId, string token, CancellationToken cancellationToken)
    {
        if (GoogleJudgement.WrongThing(settings, order, packageName, productId) is { } wrong)
        {
            return new Verdict.Rejected(wrong);
        }
        if (token.Length > PurchaseData.TokenCharsMax || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(productId))
        {
            return new Verdict.Rejected("purchaseToken is not a purchase token");
        }
        return await Api.GetAsync(settings, productId, token, cancellationToken) switch
        {
            PlayAnswer.Found found => OnlinePurchase.TryRead(found.Fields, out var purchase, out var fault)
                ? GoogleJudgement.Compare(app, settings, order, productId, token, purchase)
                : new Verdict.TryLater($"Google Play's answer is not usable: {fault}"),
            PlayAnswer.NotFound unknown => new Verdict.Rejected(unknown.Reason),
            PlayAnswer.TryLater later => new Verdict.TryLater(later.Reason),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    /// <summary>Asks first what Google knows already, so that telling twice is telling once; what it does not know, or took back, needs no word.</summary>
    private async ValueTask<string?> TellAsync(App app, Order order, Payment payment, bool isDelivered, CancellationToken cancellationToken)
    {
        var (productId, token) = (payment.ProductId ?? order.ProductId, payment.TransactionId);
        if (GoogleSettings.Of(app) is not { Account: not null } settings || !PlayApi.IsSegment(token) || !PlayApi.IsSegment(productId))
        {
            return null;
        }
        OnlinePurchase? purchase;
        switch (await Api.GetAsync(settings, productId, token, cancellationToken))
        {
            case PlayAnswer.Found found when OnlinePurchase.TryRead(found.Fields, out purchase, out var fault):
                break;
            case PlayAnswer.Found:
                return "Google Play's answer is not usable";
            case PlayAnswer.TryLater later:
                return later.Reason;
            default:
                return null;
        }
        var isConsuming = isDelivered && settings.Consumes;
        if (purchase.State != 0 || purchase.IsConsumed || (purchase.IsAcknowledged && !isConsuming))
        {
            return null;
        }
        return await (isConsuming
            ? Api.ConsumeAsync(settings, productId, token, cancellationToken)
            : Api.AcknowledgeAsync(settings, productId, token, cancellationToken)) switch
        {
            PlayAnswer.Found => null,
            PlayAnswer.NotFound refused => refused.Reason,
            PlayAnswer.TryLater later => later.Reason,
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    private static (string Data, string Signature)? SignedForm(Fields fields)
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

    private static bool IsOnlineForm(Fields fields) =>
        fields.Text("packageName", NameCharsMax) is not null
        && fields.Text("productId", NameCharsMax) is not null
        && fields.Text("purchaseToken", PurchaseData.TokenCharsMax) is not null;

    /// <summary>Takes the one canonical spelling only: no blanks, no stray bits after the last byte.</summary>
    private static bool TryBase64(string text, out byte[] bytes)
    {
        var buffer = new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out var length) && Convert.ToBase64String(buffer.AsSpan(0, length)) == text)
        {
            bytes = buffer[..length];
            return true;
        }
        bytes = [];
        return false;
    }
}
