using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>A purchase as Google Play's server keeps it.</summary>
public sealed record GoogleSale(GooglePurchase Purchase)
{
    /// <summary>0 purchased, 1 cancelled, 2 pending.</summary>
    public int State { get; init; }

    /// <summary>Null: real; 0 test; 1 promotion; 2 rewarded.</summary>
    public int? PurchaseType { get; init; }

    public bool IsAcknowledged { get; init; }

    public bool IsConsumed { get; init; }

    /// <summary>Which of <see cref="GooglePurchase.MoreProducts"/> are consumed.</summary>
    public IReadOnlyList<string> MoreConsumed { get; init; } = [];

    /// <summary>How many of the first product were given back.</summary>
    public int RefundedQuantity { get; init; }

    /// <summary>Which of <see cref="GooglePurchase.MoreProducts"/> were given back.</summary>
    public IReadOnlyList<string> MoreRefunded { get; init; } = [];

    /// <summary>Unix milliseconds; null: not voided.</summary>
    public long? VoidedMs { get; init; }
}

/// <summary>Google's servers over real HTTP: tokens of a service account, the purchases of one package, the keys of Pub/Sub's pushes and the pushes
/// themselves (anchors/payments.md, "Google Play"). Written apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed partial class GooglePlayServer : IAsyncDisposable
{
    private const int KeyBits = 2048;
    private const string Email = "orders@example-project.iam.gserviceaccount.com";
    private const string KeyId = "key-of-the-simulator";
    private readonly Guid _instance = Guid.NewGuid();
    private readonly TimeProvider _clock;
    private readonly string _packageName;
    private readonly RSA _accountKey = RSA.Create(KeyBits);
    private readonly Lock _signing = new();
    private readonly ConcurrentDictionary<string, GoogleSale> _sales = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Token, int Quantity, long AtMs, int Reason, int Source)> _parts = new();
    private StoreHost _host = null!;
    private int _tokenCount;

    private GooglePlayServer(TimeProvider clock, string packageName)
    {
        _clock = clock;
        _packageName = packageName;
    }

    public Uri Address => _host.Address;

    /// <summary>How long tokens last that are issued from now on.</summary>
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>How many voided purchases stand on a page.</summary>
    public int PageMax { get; set; } = 2;

    public static async Task<GooglePlayServer> StartAsync(TimeProvider clock, string packageName)
    {
        var server = new GooglePlayServer(clock, packageName);
        server._host = await StoreHost.StartAsync(server.Serve);
        return server;
    }

    /// <summary>The JSON key of the service account that may ask for this package.</summary>
    public string ServiceAccount => AccountKey(_accountKey.ExportPkcs8PrivateKeyPem());

    /// <summary>The settings of an app's channel <c>google</c> that go with this server, JSON.</summary>
    /// <param name="publicKey">The licensing key, where signed receipts are presented; null: none.</param>
    /// <param name="serviceAccount">Another key; null: the right one.</param>
    public string Settings(string? publicKey = null, string? serviceAccount = null) => JsonText.Object(json =>
    {
        json.WriteString("packageName", _packageName);
        if (publicKey is not null)
        {
            json.WriteString("publicKey", publicKey);
        }
        json.WriteString("serviceAccount", serviceAccount ?? ServiceAccount);
        json.WriteString("apiBase", Address.AbsoluteUri);
        json.WriteString("pushAudience", PushAudience);
        json.WriteString("pushEmail", PushEmail);
        // Another one may have had this port before, and its keys are still believed at its address.
        json.WriteString("oidcCerts", new Uri(Address, $"/certs?of={_instance:N}").AbsoluteUri);
    });

    /// <summary>The JSON key of an account whose private key Google does not know.</summary>
    public string ForeignAccount()
    {
        using var key = RSA.Create(KeyBits);
        return AccountKey(key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The player bought something.</summary>
    public GooglePurchase Sell(GooglePurchase purchase, int? purchaseType = null, int state = 0)
    {
        _sales[purchase.PurchaseToken] = new GoogleSale(purchase) { PurchaseType = purchaseType, State = state };
        return purchase;
    }

    /// <summary>What the server knows of a purchase.</summary>
    public GoogleSale Sale(string token) => _sales[token];

    /// <summary>What is answered to whoever fetches a purchase, whatever it is; null: the purchase.</summary>
    public string? RawPurchase { get; set; }

    /// <summary>Whether <c>purchases.productsv2</c> knows purchases; else it answers 404, as before it was there.</summary>
    public bool HasProductsV2 { get; set; } = true;

    /// <summary>What was answered to questions about refunds, by Google's order: the first answer counts.</summary>
    public ConcurrentDictionary<string, string> RefundReviews { get; } = new(StringComparer.Ordinal);

    public void Change(string token, Func<GoogleSale, GoogleSale> change) => _sales[token] = change(_sales[token]);

    /// <summary>The player got the money back.</summary>
    public void Void(string token) => Change(token, sale => sale with { State = 1, VoidedMs = NowMs });

    /// <summary>The player got a part of the quantity back: of the first product, or another product of the purchase.</summary>
    public void VoidPart(string token, int quantity, int reason = 1, int source = 0, string? product = null)
    {
        Change(token, sale => product is null || product == sale.Purchase.ProductId
            ? sale with { RefundedQuantity = sale.RefundedQuantity + quantity }
            : sale with { MoreRefunded = [.. sale.MoreRefunded, product] });
        _parts.Enqueue((token, quantity, NowMs, reason, source));
    }

    /// <summary>The next requests of an operation fail: <c>token</c>, <c>get</c>, <c>acknowledge</c>, <c>consume</c>, <c>voided</c>, <c>refund</c>,
    /// <c>reviewrefund</c>, <c>certs</c>.</summary>
    public void Fail(string operation, StoreFault fault, int times = 1) => _host.Fail(operation, fault, times);

    public int Count(string operation) => _host.Count(operation);

    /// <summary>Whether the store is down: every request is answered 503.</summary>
    public bool IsDown
    {
        get => _host.IsDown;
        set => _host.IsDown = value;
    }

    /// <summary>Takes back every token that was issued.</summary>
    public void RevokeTokens() => _tokens.Clear();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _accountKey.Dispose();
        DisposeKeys();
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private string AccountKey(string pem) => JsonText.Object(json =>
    {
        json.WriteString("type", "service_account");
        json.WriteString("client_email", Email);
        json.WriteString("private_key_id", KeyId);
        json.WriteString("private_key", pem);
        json.WriteString("token_uri", new Uri(Address, "/token").AbsoluteUri);
    });

    private StoreReply Serve(StoreRequest request)
    {
        switch (request.Operation)
        {
            case "token":
                return Token(request.Body);
            case "certs":
                return new StoreReply(200, Certificates());
        }
        if (!request.Authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !_tokens.TryGetValue(request.Authorization[7..], out var endMs) || NowMs >= endMs)
        {
            return Error(401, "Request had invalid authentication credentials.");
        }
        if (request.Segments is not ["androidpublisher", "v3", "applications", var package, var resource, .. var rest])
        {
            return Error(404, "Not Found");
        }
        return package != _packageName ? Error(403, "The current user has insufficient permissions to perform the requested operation.")
            : resource == "purchases" ? Purchases(request, rest)
            : resource == "orders" && request.Method == "POST" && rest is [var order] ? Orders(request, order)
            : Error(404, "Not Found");
    }

    private StoreReply Orders(StoreRequest request, string order)
    {
        var colon = order.LastIndexOf(':');
        var (orderId, verb) = (order[..colon], order[(colon + 1)..]);
        if (_sales.Values.FirstOrDefault(sale => sale.Purchase.OrderId == orderId) is not { Purchase.PurchaseToken: var token } sale)
        {
            return Error(404, "The order was not found.");
        }
        if (verb == "refund")
        {
            if (request.Body.Length > 0 || sale.VoidedMs is not null)
            {
                return Error(400, "The order cannot be refunded.");
            }
            var isRevoked = request.Query.GetValueOrDefault("revoke") == "true";
            Change(token, known => known with { State = isRevoked ? 1 : known.State, VoidedMs = NowMs, RefundedQuantity = known.Purchase.Quantity ?? 1 });
            return new StoreReply(200);
        }
        using var body = JsonDocument.Parse(request.Body);
        var root = body.RootElement;
        var isRight = root.GetProperty("pendingRefundToken").GetString() == ReviewToken(orderId)
            && root.GetProperty("sampleContentProvided").ValueKind is JsonValueKind.True or JsonValueKind.False
            && root.GetProperty("refundPreference").GetString() is "DECLINE" or "APPROVE" or "NEUTRAL";
        return isRight && RefundReviews.TryAdd(orderId, request.Body) ? new StoreReply(200) : Error(400, "The refund cannot be reviewed.");
    }

    private StoreReply Purchases(StoreRequest request, string[] rest)
    {
        if (rest is ["voidedpurchases"])
        {
            return Voided(request.Query);
        }
        var (product, last) = rest switch
        {
            ["products", var sku, "tokens", var token] => (sku, token),
            ["productsv2", "tokens", var token] => (null, token),
            _ => (null, ""),
        };
        var verb = request.Method == "POST" && product is not null ? last[(last.LastIndexOf(':') + 1)..] : "";
        var key = verb.Length == 0 ? last : last[..^(verb.Length + 1)];
        if (!_sales.TryGetValue(key, out var sale))
        {
            return Error(404, "The purchase token was not found.");
        }
        if (product is null && !HasProductsV2)
        {
            return new StoreReply(404, "<html><title>Error 404 (Not Found)</title></html>");
        }
        if (product is not null && product != sale.Purchase.ProductId && !sale.Purchase.MoreProducts.Contains(product))
        {
            return Error(400, "The product purchase token does not match the product ID.");
        }
        switch (verb)
        {
            case "":
                return new StoreReply(200, RawPurchase ?? (product is null ? SaleV2(sale) : Sale(sale)));
            case "acknowledge" or "consume" when sale.State != 0:
                return Error(400, "The purchase is not in a valid state to perform the desired operation.");
            case "acknowledge":
                Change(key, known => known with { IsAcknowledged = true });
                return new StoreReply(204);
            case "consume" when product == sale.Purchase.ProductId ? sale.IsConsumed : sale.MoreConsumed.Contains(product!):
                return Error(400, "The purchase was consumed already.");
            case "consume" when product != sale.Purchase.ProductId:
                Change(key, known => known with { IsAcknowledged = true, MoreConsumed = [.. known.MoreConsumed, product!] });
                return new StoreReply(204);
            case "consume":
                Change(key, known => known with { IsAcknowledged = true, IsConsumed = true });
                return new StoreReply(204);
            default:
                return Error(404, "Not Found");
        }
    }

    private static string Sale(GoogleSale sale) => JsonText.Object(json =>
    {
        var purchase = sale.Purchase;
        json.WriteString("kind", "androidpublisher#productPurchase");
        json.WriteString("purchaseTimeMillis", (purchase.PurchaseTimeMs ?? 1).ToString());
        json.WriteNumber("purchaseState", sale.State);
        json.WriteNumber("consumptionState", sale.IsConsumed ? 1 : 0);
        json.WriteString("developerPayload", "");
        json.WriteString("orderId", purchase.OrderId ?? "");
        if (sale.PurchaseType is { } type)
        {
            json.WriteNumber("purchaseType", type);
        }
        json.WriteNumber("acknowledgementState", sale.IsAcknowledged ? 1 : 0);
        if (purchase.Quantity is { } quantity)
        {
            json.WriteNumber("quantity", quantity);
            json.WriteNumber("refundableQuantity", quantity - sale.RefundedQuantity);
        }
        WriteAccounts(json, purchase);
        json.WriteString("regionCode", "CN");
    });

    private static string SaleV2(GoogleSale sale) => JsonText.Object(json =>
    {
        json.WriteString("kind", "androidpublisher#productPurchaseV2");
        json.WriteStartObject("purchaseStateContext");
        json.WriteString("purchaseState", sale.State switch
        {
            0 => "PURCHASED", 1 => "CANCELLED", 2 => "PENDING", _ => "PURCHASE_STATE_UNSPECIFIED",
        });
        json.WriteEndObject();
        if (sale.PurchaseType == 0)
        {
            json.WriteStartObject("testPurchaseContext");
            json.WriteString("fopType", "TEST");
            json.WriteEndObject();
        }
        json.WriteStartArray("productLineItem");
        WriteLine(json, sale.Purchase.ProductId, sale.Purchase.Quantity ?? 1, sale.RefundedQuantity, sale.IsConsumed);
        foreach (var product in sale.Purchase.MoreProducts)
        {
            WriteLine(json, product, 1, sale.MoreRefunded.Contains(product) ? 1 : 0, sale.MoreConsumed.Contains(product));
        }
        json.WriteEndArray();
        json.WriteString("purchaseCompletionTime", DateTimeOffset.FromUnixTimeMilliseconds(sale.Purchase.PurchaseTimeMs ?? 1).ToString("O"));
        json.WriteString("acknowledgementState", sale.IsAcknowledged ? "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED" : "ACKNOWLEDGEMENT_STATE_PENDING");
        json.WriteString("orderId", sale.Purchase.OrderId ?? "");
        WriteAccounts(json, sale.Purchase);
    });

    private static void WriteLine(Utf8JsonWriter json, string product, int quantity, int refunded, bool isConsumed)
    {
        json.WriteStartObject();
        json.WriteString("productId", product);
        json.WriteStartObject("productOfferDetails");
        json.WriteNumber("quantity", quantity);
        json.WriteNumber("refundableQuantity", quantity - refunded);
        json.WriteString("consumptionState", isConsumed ? "CONSUMPTION_STATE_CONSUMED" : "CONSUMPTION_STATE_YET_TO_BE_CONSUMED");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAccounts(Utf8JsonWriter json, GooglePurchase purchase)
    {
        if (purchase.ObfuscatedAccountId is { } account)
        {
            json.WriteString("obfuscatedExternalAccountId", account);
        }
        if (purchase.ObfuscatedProfileId is { } profile)
        {
            json.WriteString("obfuscatedExternalProfileId", profile);
        }
    }

    private StoreReply Voided(IReadOnlyDictionary<string, string> query)
    {
        var (startMs, endMs) = (long.Parse(query["startTime"]), long.Parse(query["endTime"]));
        if (startMs < NowMs - 30L * 86_400_000 || endMs > NowMs)
        {
            return Error(400, "startTime is more than 30 days ago, or endTime lies in the future.");
        }
        var from = query.TryGetValue("token", out var page) ? int.Parse(page) : 0;
        var parts = query.GetValueOrDefault("includeQuantityBasedPartialRefund") == "true" ? _parts.ToArray() : [];
        var voided = _sales.Values.Where(sale => sale.VoidedMs is not null)
            .Select(sale => (Token: sale.Purchase.PurchaseToken, Quantity: 0, AtMs: sale.VoidedMs!.Value, Reason: 1, Source: 0)).Concat(parts)
            .Where(entry => entry.AtMs >= startMs && entry.AtMs <= endMs)
            .OrderBy(entry => entry.AtMs).ThenBy(entry => entry.Token, StringComparer.Ordinal).ToArray();
        return new StoreReply(200, JsonText.Object(json =>
        {
            json.WriteStartArray("voidedPurchases");
            foreach (var (token, quantity, atMs, reason, source) in voided.Skip(from).Take(PageMax))
            {
                var sale = _sales[token];
                json.WriteStartObject();
                json.WriteString("kind", "androidpublisher#voidedPurchase");
                json.WriteString("purchaseToken", sale.Purchase.PurchaseToken);
                json.WriteString("purchaseTimeMillis", (sale.Purchase.PurchaseTimeMs ?? 1).ToString());
                json.WriteString("voidedTimeMillis", atMs.ToString());
                json.WriteString("orderId", sale.Purchase.OrderId ?? "");
                json.WriteNumber("voidedSource", source);
                json.WriteNumber("voidedReason", reason);
                if (quantity > 0)
                {
                    json.WriteNumber("voidedQuantity", quantity);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (voided.Length > from + PageMax)
            {
                json.WriteStartObject("tokenPagination");
                json.WriteString("nextPageToken", (from + PageMax).ToString());
                json.WriteEndObject();
            }
        }));
    }

    /// <summary>OAuth 2.0's JWT bearer: whoever signs with the account's key gets a token.</summary>
    private StoreReply Token(string body)
    {
        var form = body.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[^1]), StringComparer.Ordinal);
        if (form.GetValueOrDefault("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || form.GetValueOrDefault("assertion")?.Split('.') is not [var header, var claims, var signature])
        {
            return new StoreReply(400, """{"error":"invalid_request"}""");
        }
        bool isSigned;
        lock (_signing)
        {
            isSigned = _accountKey.VerifyData(
                Encoding.ASCII.GetBytes(header + "." + claims), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
        var root = document.RootElement;
        var nowSeconds = NowMs / 1000;
        var isRight = isSigned && root.GetProperty("iss").GetString() == Email
            && root.GetProperty("aud").GetString() == new Uri(Address, "/token").AbsoluteUri
            && root.GetProperty("scope").GetString() is "https://www.googleapis.com/auth/androidpublisher" or "https://www.googleapis.com/auth/devstorage.read_only"
            && Math.Abs(root.GetProperty("iat").GetInt64() - nowSeconds) <= 60
            && root.GetProperty("exp").GetInt64() is var exp && exp > nowSeconds && exp <= nowSeconds + 3600 + 60;
        if (!isRight)
        {
            return new StoreReply(400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
        }
        var token = $"ya29.simulated-{Interlocked.Increment(ref _tokenCount)}";
        _tokens[token] = NowMs + (TokenSeconds * 1000L);
        return new StoreReply(200, $$"""{"access_token":"{{token}}","expires_in":{{TokenSeconds}},"token_type":"Bearer"}""");
    }

    private static StoreReply Error(int status, string message) =>
        new(status, JsonText.Object(json =>
        {
            json.WriteStartObject("error");
            json.WriteNumber("code", status);
            json.WriteString("message", message);
            json.WriteEndObject();
        }));
}
