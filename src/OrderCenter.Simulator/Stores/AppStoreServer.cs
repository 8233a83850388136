using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>What is wrong with a notification.</summary>
public enum AppleNoticeForgery
{
    None,

    /// <summary>The outer signature is somebody else's.</summary>
    ForeignOuter,

    /// <summary>The inner signature is somebody else's.</summary>
    ForeignInner,

    /// <summary><c>data.bundleId</c> is another.</summary>
    OuterBundle,

    /// <summary>The transaction inside is of another bundle.</summary>
    InnerBundle,

    /// <summary>The transaction inside is of another environment than the notification says.</summary>
    InnerEnvironment,

    /// <summary>A good transaction's JWS in the notification's place.</summary>
    TransactionAsNotice,
}

/// <summary>Apple's servers over real HTTP: the App Store Server API of production and sandbox (below <c>/sandbox</c>), verifyReceipt and the notifications
/// (anchors/payments.md, "Apple"). Written apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed class AppStoreServer : IAsyncDisposable
{
    private const string IssuerId = "57246542-96fe-1a63-e053-0824d011072a";
    private const string KeyId = "2X9R4HXF34";
    private const string SharedSecret = "0123456789abcdef0123456789abcdef";
    private const int HistoryMax = 1000;
    private readonly AppStore _store;
    private readonly TimeProvider _clock;
    private readonly string _bundleId;
    private readonly ECDsa _apiKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Lock _verifying = new();
    private readonly ConcurrentDictionary<string, AppleTransaction> _transactions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AppReceiptContent> _receipts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(long AtMs, string SignedPayload)> _failed = new();
    private StoreHost _host = null!;

    private AppStoreServer(AppStore store, TimeProvider clock, string bundleId)
    {
        _store = store;
        _clock = clock;
        _bundleId = bundleId;
    }

    private sealed record AppReceiptContent(string BundleId, string Environment, IReadOnlyList<AppleTransaction> Purchases);

    public Uri Address => _host.Address;

    /// <summary>How many notifications stand on a page of the history.</summary>
    public int PageMax { get; set; } = 2;

    /// <summary>The next status of verifyReceipt, whatever the receipt; null: as it is.</summary>
    public int? ReceiptStatus { get; set; }

    /// <summary>What was told of purchases that players want their money back for: the bodies, by transaction.</summary>
    public ConcurrentDictionary<string, string> Consumptions { get; } = new(StringComparer.Ordinal);

    /// <summary>The transactions that the server was told to be finished.</summary>
    public ConcurrentDictionary<string, bool> Finished { get; } = new(StringComparer.Ordinal);

    /// <summary>What the server knows of a transaction.</summary>
    public AppleTransaction Sold(string transactionId) => _transactions[transactionId];

    /// <summary>The transaction that the API gives whatever it is asked for; null: the right one.</summary>
    public AppleTransaction? Swapped { get; set; }

    public static async Task<AppStoreServer> StartAsync(AppStore store, TimeProvider clock, string bundleId)
    {
        var server = new AppStoreServer(store, clock, bundleId);
        server._host = await StoreHost.StartAsync(server.Serve);
        return server;
    }

    /// <summary>The settings of an app's channel <c>apple</c> that go with this server, JSON.</summary>
    /// <param name="environment">Of the channel.</param>
    /// <param name="withApi">Whether the App Store Server API is configured.</param>
    /// <param name="withReceipts">Whether verifyReceipt is.</param>
    /// <param name="more">More fields.</param>
    public string Settings(string environment = "Production", bool withApi = true, bool withReceipts = true, Action<Utf8JsonWriter>? more = null) =>
        JsonText.Object(json =>
        {
            json.WriteString("bundleId", _bundleId);
            json.WriteString("environment", environment);
            json.WriteStartArray("rootCertificates");
            json.WriteStringValue(_store.RootCertificate);
            json.WriteEndArray();
            if (withApi)
            {
                json.WriteString("issuerId", IssuerId);
                json.WriteString("keyId", KeyId);
                json.WriteString("privateKey", _apiKey.ExportPkcs8PrivateKeyPem());
                json.WriteString("apiBase", Address.AbsoluteUri);
                json.WriteString("sandboxApiBase", new Uri(Address, "/sandbox").AbsoluteUri);
            }
            if (withReceipts)
            {
                json.WriteString("sharedSecret", SharedSecret);
                json.WriteString("verifyReceiptUrl", new Uri(Address, "/verifyReceipt").AbsoluteUri);
                json.WriteString("sandboxVerifyReceiptUrl", new Uri(Address, "/sandbox/verifyReceipt").AbsoluteUri);
            }
            more?.Invoke(json);
        });

    /// <summary>The player bought something; in its transaction's environment.</summary>
    public AppleTransaction Sell(AppleTransaction transaction)
    {
        _transactions[transaction.TransactionId] = transaction;
        return transaction;
    }

    /// <summary>The player got the money back.</summary>
    public AppleTransaction Refund(AppleTransaction transaction) => Sell(transaction with { RevocationDateMs = NowMs });

    /// <summary>The player got a part of the money back: the share of the transaction in thousandths of a percent, of all refunds so far.</summary>
    public AppleTransaction RefundPart(AppleTransaction transaction, int share) =>
        Sell(transaction with { RevocationDateMs = NowMs, RevocationType = "REFUND_PRORATED", RevocationPercentage = share });

    /// <summary>A notification's body that holds any payload, signed by this store.</summary>
    public string NoticeOf(string payload) => JsonText.Object(json => json.WriteString("signedPayload", _store.SignPayload(payload)));

    /// <summary>An old app receipt with those purchases in it, base64.</summary>
    public string AppReceipt(string environment, params AppleTransaction[] purchases) => AppReceiptOf(_bundleId, environment, purchases);

    public string AppReceiptOf(string bundleId, string environment, params AppleTransaction[] purchases)
    {
        var receipt = Convert.ToBase64String(RandomNumberGenerator.GetBytes(96));
        _receipts[receipt] = new AppReceiptContent(bundleId, environment, purchases);
        return receipt;
    }

    /// <summary>A notification's body.</summary>
    public string Notice(
        string type, AppleTransaction? transaction, AppleNoticeForgery forgery = AppleNoticeForgery.None, string? uuid = null, long? signedMs = null) =>
        JsonText.Object(json => json.WriteString("signedPayload", SignedNotice(type, transaction, forgery, uuid, signedMs)));

    /// <summary>A notification that could not be delivered: it stands in the history.</summary>
    public void FailToNotify(string type, AppleTransaction? transaction)
    {
        _failed.Enqueue((NowMs, SignedNotice(type, transaction, AppleNoticeForgery.None, null, null)));
        while (_failed.Count > HistoryMax && _failed.TryDequeue(out _))
        {
        }
    }

    /// <summary>Posts until it is taken, at most so often; gives the last status.</summary>
    public static async Task<int> PostAsync(HttpClient http, Uri address, string body, int triesMax = 1)
    {
        var status = 0;
        for (var attempt = 0; attempt < triesMax && status is < 200 or >= 300; attempt++)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(address, content);
            status = (int)response.StatusCode;
        }
        return status;
    }

    /// <summary>The next requests of an operation fail: <c>transaction</c>, <c>sandbox transaction</c>, <c>verifyReceipt</c>,
    /// <c>sandbox verifyReceipt</c>, <c>history</c>, <c>consumption</c>, <c>refunds</c>, <c>finish</c>, <c>appAccountToken</c>.</summary>
    public void Fail(string operation, StoreFault fault, int times = 1) => _host.Fail(operation, fault, times);

    public int Count(string operation) => _host.Count(operation);

    /// <summary>Whether the store is down: every request is answered 503.</summary>
    public bool IsDown
    {
        get => _host.IsDown;
        set => _host.IsDown = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _apiKey.Dispose();
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private string SignedNotice(string type, AppleTransaction? transaction, AppleNoticeForgery forgery, string? uuid, long? signedMs)
    {
        var inner = forgery switch
        {
            AppleNoticeForgery.InnerBundle => transaction! with { BundleId = _bundleId + ".other" },
            AppleNoticeForgery.InnerEnvironment => transaction! with { Environment = transaction.Environment == "Sandbox" ? "Production" : "Sandbox" },
            _ => transaction,
        };
        var jws = inner is null ? null : _store.Sign(inner, forgery == AppleNoticeForgery.ForeignInner ? AppleForgery.ForeignRoot : AppleForgery.None);
        if (forgery == AppleNoticeForgery.TransactionAsNotice)
        {
            return jws!;
        }
        var payload = JsonText.Object(json =>
        {
            json.WriteString("notificationType", type);
            json.WriteString("notificationUUID", uuid ?? Guid.NewGuid().ToString());
            json.WriteString("version", "2.0");
            json.WriteNumber("signedDate", signedMs ?? NowMs);
            json.WriteStartObject("data");
            json.WriteNumber("appAppleId", 1234567890);
            json.WriteString("bundleId", forgery == AppleNoticeForgery.OuterBundle ? _bundleId + ".other" : _bundleId);
            json.WriteString("environment", transaction?.Environment ?? "Production");
            if (jws is not null)
            {
                json.WriteString("signedTransactionInfo", jws);
            }
            json.WriteEndObject();
        });
        return _store.SignPayload(payload, forgery == AppleNoticeForgery.ForeignOuter ? AppleForgery.ForeignRoot : AppleForgery.None);
    }

    private StoreReply Serve(StoreRequest request)
    {
        var isSandbox = request.Segments is ["sandbox", ..];
        var environment = isSandbox ? "Sandbox" : "Production";
        if (request.Operation.EndsWith("verifyReceipt", StringComparison.Ordinal))
        {
            return VerifyReceipt(request.Body, environment);
        }
        if (!IsAdmitted(request.Authorization))
        {
            return new StoreReply(401, "Unauthenticated\n");
        }
        switch (request.Operation)
        {
            case "transaction" or "sandbox transaction":
                return Find(request.Segments[^1], environment) is { } transaction
                    ? new StoreReply(200, JsonText.Object(json => json.WriteString("signedTransactionInfo", _store.Sign(Swapped ?? transaction))))
                    : Error(404, 4040010, "Transaction id not found.");
            case "refunds":
                var refunded = Find(request.Segments[^1], environment) is { RevocationDateMs: not null } found ? found : null;
                return new StoreReply(200, JsonText.Object(json =>
                {
                    json.WriteStartArray("signedTransactions");
                    if (refunded is not null)
                    {
                        json.WriteStringValue(_store.Sign(refunded));
                    }
                    json.WriteEndArray();
                    json.WriteBoolean("hasMore", value: false);
                }));
            case "consumption":
                if (Find(request.Segments[^1], environment) is null)
                {
                    return Error(404, 4040010, "Transaction id not found.");
                }
                Consumptions[request.Segments[^1]] = request.Body;
                return new StoreReply(202);
            case "finish":
                if (request.Method != "POST" || Find(request.Segments[^2], environment) is null)
                {
                    return Error(404, 4040010, "Transaction id not found.");
                }
                Finished[request.Segments[^2]] = true;
                return new StoreReply(200);
            case "appAccountToken":
                return SetToken(request, environment);
            case "history":
                return History(request);
            default:
                return new StoreReply(404);
        }
    }

    private StoreReply SetToken(StoreRequest request, string environment)
    {
        var original = request.Segments[^2];
        var ofIt = _transactions.Values
            .Where(sold => (sold.OriginalTransactionId ?? sold.TransactionId) == original && sold.Environment == environment).ToArray();
        if (request.Method != "PUT" || ofIt.Length == 0)
        {
            return Error(404, 4040005, "Original transaction id not found.");
        }
        using var body = JsonDocument.Parse(request.Body);
        if (!Guid.TryParseExact(body.RootElement.GetProperty("appAccountToken").GetString(), "D", out var token))
        {
            return Error(400, 4000183, "Invalid UUID.");
        }
        foreach (var sold in ofIt)
        {
            _transactions[sold.TransactionId] = sold with { AppAccountToken = token.ToString() };
        }
        return new StoreReply(200);
    }

    private AppleTransaction? Find(string id, string environment) =>
        _transactions.TryGetValue(id, out var transaction) && transaction.Environment == environment ? transaction : null;

    private StoreReply History(StoreRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        var (startMs, endMs) = (body.RootElement.GetProperty("startDate").GetInt64(), body.RootElement.GetProperty("endDate").GetInt64());
        if (startMs >= endMs || startMs < NowMs - 180L * 86_400_000)
        {
            return Error(400, 4000015, "Invalid start date.");
        }
        var from = request.Query.TryGetValue("paginationToken", out var page) ? int.Parse(page.Split('-')[^1], CultureInfo.InvariantCulture) : 0;
        var all = _failed.Where(notice => notice.AtMs >= startMs && notice.AtMs <= endMs).ToArray();
        return new StoreReply(200, JsonText.Object(json =>
        {
            json.WriteBoolean("hasMore", all.Length > from + PageMax);
            json.WriteString("paginationToken", $"page of-{from + PageMax}");
            json.WriteStartArray("notificationHistory");
            foreach (var (_, signedPayload) in all.Skip(from).Take(PageMax))
            {
                json.WriteStartObject();
                json.WriteString("signedPayload", signedPayload);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }

    private StoreReply VerifyReceipt(string text, string environment)
    {
        using var body = JsonDocument.Parse(text);
        var known = _receipts.TryGetValue(body.RootElement.GetProperty("receipt-data").GetString()!, out var content);
        var isSecret = body.RootElement.TryGetProperty("password", out var password) && password.GetString() == SharedSecret;
        var status = ReceiptStatus ?? (!known ? 21003
            : !isSecret ? 21004
            : content!.Environment == environment ? 0
            : environment == "Production" ? 21007 : 21008);
        return new StoreReply(200, JsonText.Object(json =>
        {
            json.WriteNumber("status", status);
            if (status == 0)
            {
                WriteReceipt(json, content!);
            }
        }));
    }

    private void WriteReceipt(Utf8JsonWriter json, AppReceiptContent content)
    {
        json.WriteString("environment", content.Environment);
        json.WriteStartObject("receipt");
        json.WriteString("bundle_id", content.BundleId);
        json.WriteStartArray("in_app");
        foreach (var purchase in content.Purchases)
        {
            json.WriteStartObject();
            json.WriteString("quantity", (purchase.Quantity ?? 1).ToString(CultureInfo.InvariantCulture));
            json.WriteString("product_id", purchase.ProductId);
            json.WriteString("transaction_id", purchase.TransactionId);
            json.WriteString("original_transaction_id", purchase.OriginalTransactionId ?? purchase.TransactionId);
            json.WriteString("purchase_date_ms", (purchase.PurchaseDateMs ?? NowMs).ToString(CultureInfo.InvariantCulture));
            if (purchase.RevocationDateMs is { } revokedMs)
            {
                json.WriteString("cancellation_date_ms", revokedMs.ToString(CultureInfo.InvariantCulture));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The bearer token: ES256 under the key of this issuer, for this bundle, not over, and never for longer than an hour.</summary>
    private bool IsAdmitted(string authorization)
    {
        if (!authorization.StartsWith("Bearer ", StringComparison.Ordinal) || authorization[7..].Split('.') is not [var header, var claims, var signature])
        {
            return false;
        }
        lock (_verifying)
        {
            if (!_apiKey.VerifyData(Encoding.ASCII.GetBytes(header + "." + claims), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256))
            {
                return false;
            }
        }
        using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
        using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
        var (root, now) = (body.RootElement, NowMs / 1000);
        var (iat, exp) = (root.GetProperty("iat").GetInt64(), root.GetProperty("exp").GetInt64());
        return head.RootElement.GetProperty("alg").GetString() == "ES256" && head.RootElement.GetProperty("kid").GetString() == KeyId
            && head.RootElement.GetProperty("typ").GetString() == "JWT"
            && root.GetProperty("iss").GetString() == IssuerId && root.GetProperty("aud").GetString() == "appstoreconnect-v1"
            && root.GetProperty("bid").GetString() == _bundleId && iat <= now + 60 && exp > now && exp - iat <= 3600;
    }

    private static StoreReply Error(int status, long code, string message) =>
        new(status, JsonText.Object(json =>
        {
            json.WriteNumber("errorCode", code);
            json.WriteString("errorMessage", message);
        }));
}
