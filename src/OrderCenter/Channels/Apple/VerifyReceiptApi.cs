using System.Net.Http.Headers;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>The old app receipt, verified by Apple's deprecated verifyReceipt (anchors/payments.md, "verifyReceipt"). It has no signature
/// that we check: what proves it is TLS to Apple's address.</summary>
internal sealed class VerifyReceiptApi(StoreHttp http)
{
    /// <summary>An answer repeats the request, and lists every purchase that the client has not finished.</summary>
    private const int AnswerBytesMax = 1024 * 1024;

    private const int NameCharsMax = 512;
    private const int IdCharsMax = 128;
    private const int PurchasesMax = 1000;
    private const int StatusSandboxReceipt = 21007;

    /// <summary>Production first, and the sandbox where production says that the receipt is from there: App Review buys with the production
    /// build.</summary>
    public async Task<VerifyReceiptResponse> VerifyAsync(AppleSettings settings, string receiptData, CancellationToken cancellationToken)
    {
        var isSandbox = settings.Environment == AppleSettings.Sandbox;
        if (!isSandbox)
        {
            var (answer, fault) = await CallAsync(settings, settings.VerifyReceiptUrl, receiptData, cancellationToken);
            if (answer is null || Status(answer) is not StatusSandboxReceipt)
            {
                return answer is null ? fault! : ReadResponse(settings, answer, AppleSettings.Production);
            }
        }
        var (sandboxAnswer, sandboxFault) = await CallAsync(settings, settings.SandboxVerifyReceiptUrl, receiptData, cancellationToken);
        return sandboxAnswer is null ? sandboxFault! : ReadResponse(settings, sandboxAnswer, AppleSettings.Sandbox);
    }

    private async Task<(JsonFieldReader? Answer, VerifyReceiptResponse? Fault)> CallAsync(
        AppleSettings settings, Uri address, string receiptData, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Body(settings, receiptData)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        switch (await http.SendAsync(request, cancellationToken, AnswerBytesMax))
        {
            case StoreResponse.Answered { IsSuccess: true } answered:
                return JsonFieldReader.TryParse(answered.Body, out var fields, out var fault)
                    ? (fields, null)
                    : (null, new VerifyReceiptResponse.TryLater($"verifyReceipt's answer {fault}"));
            case StoreResponse.Answered answered:
                return (null, new VerifyReceiptResponse.TryLater($"verifyReceipt answered {answered.HttpStatus}"));
            case StoreResponse.Failed failed:
                return (null, new VerifyReceiptResponse.TryLater($"verifyReceipt could not be asked: {failed.Reason}"));
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private static byte[] Body(AppleSettings settings, string receiptData) => JsonBytes.Write(json =>
    {
        json.WriteString("receipt-data", receiptData);
        if (settings.SharedSecret is { } password)
        {
            json.WriteString("password", password);
        }
        json.WriteBoolean("exclude-old-transactions", value: true);
    });

    private static long? Status(JsonFieldReader answer) => answer.Integer("status", 0, int.MaxValue);

    private static VerifyReceiptResponse ReadResponse(AppleSettings settings, JsonFieldReader answer, string environment) =>
        Status(answer) switch
    {
        0 => Read(settings, answer, environment),
        21000 => new VerifyReceiptResponse.TryLater("verifyReceipt did not take the request as POST (21000)"),
        21003 => new VerifyReceiptResponse.Rejected("the receipt is not authentic (21003)"),
        21004 => new VerifyReceiptResponse.TryLater("verifyReceipt does not know our shared secret (21004): check sharedSecret"),
        21007 or 21008 => new VerifyReceiptResponse.Rejected("the receipt is of another environment"),
        21010 => new VerifyReceiptResponse.Rejected("Apple does not know the account, or it was deleted (21010)"),

        // Malformed, or a passing fault: Apple says the same for both. A receipt that is no base64 was refused before it was sent.
        21002 => new VerifyReceiptResponse.TryLater("verifyReceipt says malformed or passing fault (21002)"),
        { } status => new VerifyReceiptResponse.TryLater($"verifyReceipt answered with status {status}"),
        null => new VerifyReceiptResponse.TryLater("verifyReceipt's answer holds no status"),
    };

    private static VerifyReceiptResponse Read(AppleSettings settings, JsonFieldReader answer, string environment)
    {
        if (answer.Text("environment", NameCharsMax) is { } named && named != environment)
        {
            return new VerifyReceiptResponse.Rejected("the receipt is of another environment");
        }
        if (answer.Element("receipt") is not { ValueKind: JsonValueKind.Object } element)
        {
            return new VerifyReceiptResponse.TryLater("verifyReceipt's answer holds no receipt");
        }
        var receipt = new JsonFieldReader(element);
        if (receipt.Text("bundle_id", NameCharsMax) != settings.BundleId)
        {
            return new VerifyReceiptResponse.Rejected("the receipt is for another bundle");
        }
        if (receipt.Element("in_app") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            return new VerifyReceiptResponse.Rejected("the receipt holds no purchase");
        }
        if (list.GetArrayLength() > PurchasesMax)
        {
            return new VerifyReceiptResponse.Rejected($"the receipt holds more than {PurchasesMax} purchases");
        }
        var purchases = new List<TransactionPayload>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var fields = new JsonFieldReader(item);
            if (Purchase(settings, fields, environment) is { } purchase)
            {
                purchases.Add(purchase);
            }
        }
        return new VerifyReceiptResponse.Genuine(purchases);
    }

    /// <summary>One of <c>in_app</c>; every value is a string there.</summary>
    internal static TransactionPayload? Purchase(AppleSettings settings, JsonFieldReader fields, string environment)
    {
        if (fields.NeededText("product_id", NameCharsMax) is not { } productId
            || fields.NeededText("transaction_id", IdCharsMax) is not { } transactionId)
        {
            return null;
        }
        var originalId = fields.GivenText("original_transaction_id", IdCharsMax);
        var ownership = fields.GivenText("in_app_ownership_type", NameCharsMax);
        var quantity = fields.AnyInteger("quantity", 1, int.MaxValue);
        if (quantity is null && fields.IsGiven("quantity"))
        {
            fields.AddFault($"quantity must be an integer from 1 to {int.MaxValue}");
        }
        return new TransactionPayload
        {
            BundleId = settings.BundleId,
            ProductId = productId,
            TransactionId = transactionId,
            OriginalTransactionId = originalId,
            Environment = environment,

            // Only subscriptions have an end; their renewals share the original.
            Type = fields.Has("expires_date_ms") ? TransactionPayload.AutoRenewable : null,
            IsRevoked = fields.Has("cancellation_date_ms") || fields.Has("cancellation_date"),
            OwnershipType = ownership,
            AppAccountToken = Guid.TryParseExact(fields.AnyText("app_account_token", NameCharsMax), "D", out var token) ? token : null,
            Quantity = (int)(quantity ?? 1),
            PurchasedMs = fields.AnyTime("purchase_date_ms"),
            PayFault = fields.Faults.Count == 0 ? null : fields.Faults[0],
        };
    }
}
