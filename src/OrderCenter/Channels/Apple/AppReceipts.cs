using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What verifyReceipt says of an app receipt.</summary>
internal abstract record AppReceiptAnswer
{
    private AppReceiptAnswer()
    {
    }

    /// <summary>Authentic and of our bundle: the purchases in it.</summary>
    public sealed record Genuine(IReadOnlyList<TransactionPayload> Purchases) : AppReceiptAnswer;

    public sealed record Rejected(string Reason) : AppReceiptAnswer;

    public sealed record TryLater(string Reason) : AppReceiptAnswer;
}

/// <summary>The old app receipt, judged by Apple's deprecated verifyReceipt (anchors/payments.md, "verifyReceipt"). It has no signature that we check:
/// what proves it is TLS to Apple's address.</summary>
internal sealed class AppReceipts(StoreHttp http)
{
    /// <summary>An answer repeats what it was asked, and lists every purchase that the client has not finished.</summary>
    private const int AnswerBytesMax = 1024 * 1024;

    private const int NameCharsMax = 512;
    private const int IdCharsMax = 128;
    private const int PurchasesMax = 1000;
    private const int StatusSandboxReceipt = 21007;

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long TimeMsMax = 253_402_300_799_999;

    /// <summary>Asks production first, and the sandbox where production says that the receipt is from there: App Review buys with the production build.</summary>
    public async Task<AppReceiptAnswer> VerifyAsync(AppleSettings settings, string receiptData, CancellationToken cancellationToken)
    {
        var isSandbox = settings.Environment == AppleSettings.Sandbox;
        if (!isSandbox)
        {
            var (answer, fault) = await AskAsync(settings, settings.VerifyReceiptUrl, receiptData, cancellationToken);
            if (answer is null || Status(answer) is not StatusSandboxReceipt)
            {
                return answer is null ? fault! : Judge(settings, answer, AppleSettings.Production);
            }
        }
        var (sandboxAnswer, sandboxFault) = await AskAsync(settings, settings.SandboxVerifyReceiptUrl, receiptData, cancellationToken);
        return sandboxAnswer is null ? sandboxFault! : Judge(settings, sandboxAnswer, AppleSettings.Sandbox);
    }

    private async Task<(Fields? Answer, AppReceiptAnswer? Fault)> AskAsync(AppleSettings settings, Uri address, string receiptData, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Body(settings, receiptData)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        switch (await http.SendAsync(request, cancellationToken, AnswerBytesMax))
        {
            case StoreAnswer.Answered { IsSuccess: true } answered:
                return Fields.TryParse(answered.Body, out var fields, out var fault)
                    ? (fields, null)
                    : (null, new AppReceiptAnswer.TryLater($"verifyReceipt's answer {fault}"));
            case StoreAnswer.Answered answered:
                return (null, new AppReceiptAnswer.TryLater($"verifyReceipt answered {answered.HttpStatus}"));
            case StoreAnswer.Failed failed:
                return (null, new AppReceiptAnswer.TryLater($"verifyReceipt could not be asked: {failed.Reason}"));
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static byte[] Body(AppleSettings settings, string receiptData)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("receipt-data", receiptData);
            if (settings.SharedSecret is { } password)
            {
                json.WriteString("password", password);
            }
            json.WriteBoolean("exclude-old-transactions", value: true);
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    private static long? Status(Fields answer) => answer.Integer("status", 0, int.MaxValue);

    private static AppReceiptAnswer Judge(AppleSettings settings, Fields answer, string environment) => Status(answer) switch
    {
        0 => Read(settings, answer, environment),
        21000 => new AppReceiptAnswer.TryLater("verifyReceipt did not take the request as POST (21000)"),
        21003 => new AppReceiptAnswer.Rejected("the receipt is not authentic (21003)"),
        21004 => new AppReceiptAnswer.TryLater("verifyReceipt does not know our shared secret (21004): check sharedSecret"),
        21007 or 21008 => new AppReceiptAnswer.Rejected("the receipt is of another environment"),
        21010 => new AppReceiptAnswer.Rejected("Apple does not know the account, or it was deleted (21010)"),

        // Malformed, or a passing fault: Apple says the same for both. A receipt that is no base64 was refused before it was sent.
        21002 => new AppReceiptAnswer.TryLater("verifyReceipt says malformed or passing fault (21002)"),
        { } status => new AppReceiptAnswer.TryLater($"verifyReceipt answered with status {status}"),
        null => new AppReceiptAnswer.TryLater("verifyReceipt's answer holds no status"),
    };

    private static AppReceiptAnswer Read(AppleSettings settings, Fields answer, string environment)
    {
        if (answer.Text("environment", NameCharsMax) is { } named && named != environment)
        {
            return new AppReceiptAnswer.Rejected("the receipt is of another environment");
        }
        if (answer.Element("receipt") is not { ValueKind: JsonValueKind.Object } element)
        {
            return new AppReceiptAnswer.TryLater("verifyReceipt's answer holds no receipt");
        }
        var receipt = new Fields(element);
        if (receipt.Text("bundle_id", NameCharsMax) != settings.BundleId)
        {
            return new AppReceiptAnswer.Rejected("the receipt is for another bundle");
        }
        if (receipt.Element("in_app") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            return new AppReceiptAnswer.Rejected("the receipt holds no purchase");
        }
        if (list.GetArrayLength() > PurchasesMax)
        {
            return new AppReceiptAnswer.Rejected($"the receipt holds more than {PurchasesMax} purchases");
        }
        var purchases = new List<TransactionPayload>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var fields = new Fields(item);
            if (Purchase(settings, fields, environment) is { } purchase && fields.Faults.Count == 0)
            {
                purchases.Add(purchase);
            }
        }
        return new AppReceiptAnswer.Genuine(purchases);
    }

    /// <summary>One of <c>in_app</c>; every value is a string there.</summary>
    private static TransactionPayload? Purchase(AppleSettings settings, Fields fields, string environment)
    {
        if (fields.RequiredText("product_id", NameCharsMax) is not { } productId || fields.RequiredText("transaction_id", IdCharsMax) is not { } transactionId)
        {
            return null;
        }
        return new TransactionPayload
        {
            BundleId = settings.BundleId,
            ProductId = productId,
            TransactionId = transactionId,
            OriginalTransactionId = fields.Text("original_transaction_id", IdCharsMax),
            Environment = environment,

            // Only subscriptions have an end; their renewals share the original.
            Type = fields.Has("expires_date_ms") ? TransactionPayload.AutoRenewable : null,
            IsRevoked = fields.Has("cancellation_date_ms") || fields.Has("cancellation_date"),
            OwnershipType = fields.Text("in_app_ownership_type", NameCharsMax),
            AppAccountToken = Guid.TryParseExact(fields.Text("app_account_token", NameCharsMax), "D", out var token) ? token : null,
            Quantity = (int)(Number(fields, "quantity", 1, int.MaxValue) ?? 1),
            PurchasedMs = Number(fields, "purchase_date_ms", 0, TimeMsMax),
        };
    }

    private static long? Number(Fields fields, string name, long min, long max)
    {
        if (fields.Text(name, IdCharsMax) is not { } text)
        {
            return null;
        }
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }
        fields.Note($"{name} must be an integer from {min} to {max}");
        return null;
    }
}
