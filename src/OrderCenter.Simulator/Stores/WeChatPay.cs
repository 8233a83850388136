using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>WeChat Pay's side (anchors/payments.md, "WeChat Pay APIv3"): it verifies what a merchant signs, signs what it answers and encrypts what it tells.
/// Written apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed partial class WeChatPay : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private RSA _platform = RSA.Create(2048);
    private readonly RSA _merchant = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, WeChatTransaction> _transactions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _prepaid = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new();
    private StoreServer _server = null!;
    private long _last;

    private WeChatPay(TimeProvider clock)
    {
        _clock = clock;
        (Certificate, CertificateSerial) = Certify();
    }

    public string AppId { get; } = "wx" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    public string MchId { get; } = "19" + RandomNumberGenerator.GetString("0123456789", 8);

    public string SerialNo { get; } = RandomNumberGenerator.GetHexString(40);

    public string ApiV3Key { get; } = RandomNumberGenerator.GetHexString(32);

    public string PublicKeyId { get; } = "PUB_KEY_ID_" + RandomNumberGenerator.GetString("0123456789", 20);

    public Uri Address => _server.Address;

    /// <summary>What the platform does to the calls that come, until it is changed.</summary>
    public PlatformFault Fault { get; set; }

    /// <summary>Whether it is out of order for one call, the one that ends a transaction.</summary>
    public bool EndsNothing { get; set; }

    /// <summary>Calls as METHOD PATH, refused ones too.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public int WrongSignatures { get; private set; }

    /// <summary>The settings of an app's channel <c>wechat</c> that go with this platform.</summary>
    public Dictionary<string, object> Settings(params (string Name, object Value)[] more)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["appId"] = AppId,
            ["mchId"] = MchId,
            ["serialNo"] = SerialNo,
            ["privateKey"] = _merchant.ExportPkcs8PrivateKeyPem(),
            ["apiV3Key"] = ApiV3Key,
            ["platformPublicKey"] = _platform.ExportSubjectPublicKeyInfoPem(),
            ["publicKeyId"] = PublicKeyId,
            ["apiBase"] = Address.AbsoluteUri,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        return settings;
    }

    public static async Task<WeChatPay> StartAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var wechat = new WeChatPay(clock);
        wechat._server = await StoreServer.StartAsync(wechat.ServeAsync, cancellationToken);
        return wechat;
    }

    /// <summary>The player pays what was prepared under that order number.</summary>
    public WeChatTransaction Pay(string outTradeNo, long? fen = null) => _transactions.AddOrUpdate(
        outTradeNo,
        _ => throw new InvalidOperationException($"nothing was prepared under {outTradeNo}"),
        (_, prepared) => prepared with
        {
            TransactionId = string.Create(CultureInfo.InvariantCulture, $"4200{MchId}{Interlocked.Increment(ref _last):D14}"), State = "SUCCESS", TotalFen = fen ?? prepared.TotalFen, PaidAt = _clock.GetUtcNow(),
        });

    public WeChatTransaction? Find(string outTradeNo) => _transactions.GetValueOrDefault(outTradeNo);

    /// <summary>Whether the merchant's parameters for the client are signed as WeChat's SDK checks them.</summary>
    public bool IsClientSigned(string message, string signature)
    {
        lock (_gate)
        {
            return _merchant.VerifyData(Encoding.UTF8.GetBytes(message), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        _platform.Dispose();
        _merchant.Dispose();
        _stranger.Dispose();
    }

    private async Task ServeAsync(StoreServer server, HttpContext context, byte[] body)
    {
        var path = context.Request.Path.Value!;
        Calls.Enqueue($"{context.Request.Method} {path}");
        if (await server.TryFailAsync(context, Fault, _clock))
        {
            return;
        }
        if (await TryServeBillAsync(context))
        {
            return;
        }
        var text = Encoding.UTF8.GetString(body);
        var (status, answer) = IsSigned(context.Request, text) ? Answer(context.Request, path, text) : (401, """{"code":"SIGN_ERROR","message":"签名错误"}""");
        if (Fault == PlatformFault.Lost)
        {
            context.Response.StatusCode = 503;
            return;
        }
        if (Fault != PlatformFault.NoSign)
        {
            foreach (var (name, value) in SignHeaders(answer, Fault == PlatformFault.WrongSign ? WeChatForgery.WrongKey : WeChatForgery.None))
            {
                context.Response.Headers[name] = value;
            }
        }
        context.Response.StatusCode = status;
        if (answer.Length > 0)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Fault == PlatformFault.ChangedAnswer ? answer.Replace("NOTPAY", "SUCCESS", StringComparison.Ordinal).Replace("\"total\":", "\"total\":1", StringComparison.Ordinal) : answer);
        }
    }

    private bool IsSigned(HttpRequest request, string body)
    {
        var match = Authorization().Match(request.Headers.Authorization.ToString());
        string Group(string name) => match.Groups[name].Value;
        if (match.Success && Group("mchid") == MchId && Group("serial") == SerialNo
            && Math.Abs(_clock.GetUtcNow().ToUnixTimeSeconds() - long.Parse(Group("time"), CultureInfo.InvariantCulture)) <= 300
            && IsClientSigned($"{request.Method}\n{request.Path}{request.QueryString}\n{Group("time")}\n{Group("nonce")}\n{body}\n", Group("signature")))
        {
            return true;
        }
        WrongSignatures++;
        return false;
    }

    private (int Status, string Answer) Answer(HttpRequest request, string path, string body)
    {
        if (path == BillPath)
        {
            return AnswerBill(request);
        }
        if (path == "/v3/certificates")
        {
            return (200, Certificates());
        }
        if (path.StartsWith("/v3/pay/transactions/out-trade-no/", StringComparison.Ordinal))
        {
            var number = path.Split('/')[5];
            if (Find(number) is not { } transaction)
            {
                return (404, """{"code":"ORDER_NOT_EXIST","message":"订单不存在"}""");
            }
            if (path.EndsWith("/close", StringComparison.Ordinal))
            {
                if (EndsNothing)
                {
                    return (500, """{"code":"SYSTEM_ERROR","message":"系统错误"}""");
                }
                _transactions[number] = transaction with { State = transaction.State == "NOTPAY" ? "CLOSED" : transaction.State };
                return transaction.State == "SUCCESS" ? (400, """{"code":"ORDERPAID","message":"订单已支付"}""") : (204, "");
            }
            return request.Query["mchid"] == MchId ? (200, Show(transaction)) : (400, """{"code":"PARAM_ERROR","message":"mchid"}""");
        }
        if (path.StartsWith(RefundsPath + "/", StringComparison.Ordinal))
        {
            return ShowRefund(path[(RefundsPath.Length + 1)..]);
        }
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return path == RefundsPath ? Refund(root) : Prepare(path.Split('/')[^1], root, body);
    }

    private (int Status, string Answer) Prepare(string way, JsonElement root, string body)
    {
        var number = root.GetProperty("out_trade_no").GetString()!;
        if (root.GetProperty("appid").GetString() != AppId || root.GetProperty("mchid").GetString() != MchId)
        {
            return (400, """{"code":"APPID_MCHID_NOT_MATCH","message":"appid和mch_id不匹配"}""");
        }
        if (way == "jsapi" && !root.TryGetProperty("payer", out _) || way == "h5" && !root.TryGetProperty("scene_info", out _) || number.Length is < 6 or > 32)
        {
            return (400, """{"code":"PARAM_ERROR","message":"参数错误"}""");
        }
        if (_prepaid.GetOrAdd(number, body) != body)
        {
            return (403, """{"code":"OUT_TRADE_NO_USED","message":"商户订单号重复"}""");
        }
        var prepared = _transactions.GetOrAdd(number, _ => new WeChatTransaction(
            "", number, "NOTPAY", root.GetProperty("amount").GetProperty("total").GetInt64(), 0, null, new Uri(root.GetProperty("notify_url").GetString()!), "wx" + RandomNumberGenerator.GetHexString(32, lowercase: true)));
        if (prepared.State == "SUCCESS")
        {
            return (400, """{"code":"ORDERPAID","message":"订单已支付"}""");
        }
        return (200, way switch
        {
            "native" => $$"""{"code_url":"weixin://wxpay/bizpayurl?pr={{prepared.Prepay}}"}""",
            "h5" => $$"""{"h5_url":"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={{prepared.Prepay}}&package=1"}""",
            _ => $$"""{"prepay_id":"{{prepared.Prepay}}"}""",
        });
    }

    private string Show(WeChatTransaction transaction) => JsonText.Object(json =>
    {
        json.WriteString("appid", AppId);
        json.WriteString("mchid", MchId);
        json.WriteString("out_trade_no", transaction.OutTradeNo);
        json.WriteString("trade_state", transaction.State);
        json.WriteString("trade_state_desc", "支付");
        if (transaction.TransactionId.Length > 0)
        {
            json.WriteString("transaction_id", transaction.TransactionId);
            json.WriteString("success_time", Time(transaction.PaidAt!.Value));
        }
        json.WriteStartObject("amount");
        json.WriteNumber("total", transaction.TotalFen);
        json.WriteString("currency", "CNY");
        json.WriteEndObject();
    });

    private static string Time(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    [GeneratedRegex("^WECHATPAY2-SHA256-RSA2048 mchid=\"(?<mchid>[^\"]*)\",nonce_str=\"(?<nonce>[^\"]*)\",timestamp=\"(?<time>[0-9]+)\",serial_no=\"(?<serial>[^\"]*)\",signature=\"(?<signature>[^\"]*)\"$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Authorization();
}
