using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace OrderCenter.Simulator.Stores;

/// <summary>What is wrong with a notification that Alipay did not send.</summary>
public enum AlipayForgery
{
    None,

    /// <summary>Signed by somebody else's key.</summary>
    WrongKey,

    /// <summary>The amount was changed after it was signed.</summary>
    ChangedAmount,

    /// <summary>One byte of the signature was changed.</summary>
    ChangedSignature,

    /// <summary>SHA-1 in place of SHA-256, and said so.</summary>
    OldSignType,

    /// <summary>No signature at all.</summary>
    NoSign,

    /// <summary>An MD5 digest with an empty secret in the signature's place.</summary>
    EmptySecret,

    /// <summary>Truly signed, for another app of the same merchant.</summary>
    OtherApp,

    /// <summary>Truly signed, for another seller.</summary>
    OtherSeller,

    /// <summary>A second amount beside the signed one.</summary>
    FieldTwice,
}

/// <summary>A trade in Alipay's books.</summary>
public sealed record AlipayTrade(string TradeNo, string OutTradeNo, string Status, decimal Total, decimal Refunded, DateTimeOffset? PaidAt, Uri? NotifyUrl, string NotifyId, string? RefundNumber = null);

/// <summary>Alipay's side (anchors/payments.md, "Alipay"): a gateway that verifies what a merchant signs and signs what it answers, and notifications. Written
/// apart from the service, from the same facts. Safe for concurrent use.</summary>
public sealed partial class Alipay : IAsyncDisposable
{
    private const string TimeForm = "yyyy-MM-dd HH:mm:ss";
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    private readonly TimeProvider _clock;
    private RSA _alipay = RSA.Create(2048);
    private readonly RSA _merchant = RSA.Create(2048);
    private readonly RSA _stranger = RSA.Create(2048);
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, AlipayTrade> _trades = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new();
    private StoreServer _server = null!;
    private long _last;

    private Alipay(TimeProvider clock) => _clock = clock;

    public string AppId { get; } = "2021" + RandomNumberGenerator.GetString("0123456789", 12);

    public string SellerId { get; } = "2088" + RandomNumberGenerator.GetString("0123456789", 12);

    public Uri Gateway => new(_server.Address, "/gateway.do");

    /// <summary>What the gateway does to the calls that come, until it is changed.</summary>
    public PlatformFault Fault { get; set; }

    /// <summary>Calls by method, refused ones too.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Calls whose signature was not the merchant's.</summary>
    public int WrongSignatures { get; private set; }

    /// <summary>Alipay's public key, as its console shows it: base64.</summary>
    public string PublicKey => Convert.ToBase64String(_alipay.ExportSubjectPublicKeyInfo());

    /// <summary>The settings of an app's channel <c>alipay</c> that go with this platform.</summary>
    public Dictionary<string, object> Settings(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["appId"] = AppId,
            ["privateKey"] = Convert.ToBase64String(_merchant.ExportPkcs8PrivateKey()),
            ["alipayPublicKey"] = PublicKey,
            ["gateway"] = Gateway.AbsoluteUri,
        };
        if (UsesCertificates)
        {
            settings.Remove("alipayPublicKey");
            (settings["appCertificate"], settings["alipayCertificate"], settings["alipayRootCertificate"]) = (_appPem, _alipayPem, RootBundle);
        }
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        return settings;
    }

    public static async Task<Alipay> StartAsync(TimeProvider clock, CancellationToken cancellationToken, bool usesCertificates = false)
    {
        var alipay = new Alipay(clock);
        if (usesCertificates)
        {
            alipay.IssueCertificates();
        }
        alipay._server = await StoreServer.StartAsync(alipay.ServeAsync, cancellationToken);
        return alipay;
    }

    /// <summary>The player's app hands the order string to Alipay's SDK, and the player pays.</summary>
    /// <exception cref="InvalidOperationException">The string is not signed by the merchant.</exception>
    public AlipayTrade Pay(string orderString)
    {
        var parameters = Parse(orderString);
        if (!IsSigned(parameters))
        {
            throw new InvalidOperationException("the order string is not signed by the merchant");
        }
        using var biz = JsonDocument.Parse(parameters["biz_content"]);
        var outTradeNo = biz.RootElement.GetProperty("out_trade_no").GetString()!;
        var total = decimal.Parse(biz.RootElement.GetProperty("total_amount").GetString()!, CultureInfo.InvariantCulture);
        return Pay(outTradeNo, total, parameters.TryGetValue("notify_url", out var url) ? new Uri(url) : null);
    }

    /// <summary>A trade that is paid, as if a player had begun it.</summary>
    public AlipayTrade Pay(string outTradeNo, decimal total, Uri? notifyUrl = null) => _trades.GetOrAdd(outTradeNo, _ => new AlipayTrade(
        string.Create(CultureInfo.InvariantCulture, $"{_clock.GetUtcNow():yyyyMMdd}22001{SellerId[4..]}{Interlocked.Increment(ref _last):D6}"), outTradeNo, "TRADE_SUCCESS", total, 0,
        _clock.GetUtcNow(), notifyUrl, RandomNumberGenerator.GetHexString(32, lowercase: true)));

    public AlipayTrade? Find(string outTradeNo) => _trades.GetValueOrDefault(outTradeNo);

    /// <summary>The fields of a trade's notification, signed; or forged.</summary>
    public List<KeyValuePair<string, string>> Notification(AlipayTrade trade, AlipayForgery forgery = AlipayForgery.None)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["notify_time"] = Time(_clock.GetUtcNow()),
            ["notify_type"] = "trade_status_sync",
            ["notify_id"] = trade.NotifyId,
            ["charset"] = "utf-8",
            ["version"] = "1.0",
            ["app_id"] = forgery == AlipayForgery.OtherApp ? "2021000000000000" : AppId,
            ["auth_app_id"] = AppId,
            ["seller_id"] = forgery == AlipayForgery.OtherSeller ? "2088000000000000" : SellerId,
            ["buyer_id"] = "2088101117955611",
            ["trade_no"] = trade.TradeNo,
            ["out_trade_no"] = trade.OutTradeNo,
            ["trade_status"] = trade.Status,
            ["total_amount"] = Amount(trade.Total),
            ["receipt_amount"] = Amount(trade.Total),
            ["subject"] = "六十 gems + 1 & more",
            ["body"] = "",
            ["fund_bill_list"] = """[{"amount":"1.00","fundChannel":"ALIPAYACCOUNT"}]""",
            ["gmt_create"] = Time(_clock.GetUtcNow()),
        };
        if (trade.PaidAt is { } paid)
        {
            fields["gmt_payment"] = Time(paid);
        }
        if (trade.Refunded > 0)
        {
            fields["refund_fee"] = Amount(trade.Refunded);
            fields["gmt_refund"] = Time(_clock.GetUtcNow()) + ".123";
        }
        if (UsesCertificates)
        {
            fields["alipay_cert_sn"] = NamesUnknownCertificate ? new string('a', 32) : _alipayNumber;
        }
        if (trade.RefundNumber is not null)
        {
            fields["out_biz_no"] = trade.RefundNumber;
        }
        var canonical = Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={field.Value}")));
        var all = fields.Append(new("sign_type", forgery == AlipayForgery.OldSignType ? "RSA" : "RSA2")).ToList();
        if (forgery != AlipayForgery.NoSign)
        {
            all.Add(new("sign", Sign(canonical, forgery)));
        }
        if (forgery is AlipayForgery.ChangedAmount)
        {
            all[all.FindIndex(field => field.Key == "total_amount")] = new("total_amount", Amount(trade.Total + 0.01m));
        }
        if (forgery is AlipayForgery.FieldTwice)
        {
            all.Add(new("total_amount", Amount(trade.Total + 0.01m)));
        }
        return all;
    }

    /// <summary>Sends a notification.</summary>
    /// <returns>Whether it was taken: exactly <c>success</c>. Otherwise Alipay would repeat it.</returns>
    public async Task<bool> NotifyAsync(AlipayTrade trade, Uri? target = null, AlipayForgery forgery = AlipayForgery.None, CancellationToken cancellationToken = default)
    {
        using var content = new FormUrlEncodedContent(Notification(trade, forgery));
        using var response = await _http.PostAsync(target ?? trade.NotifyUrl, content, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken) == "success";
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        _alipay.Dispose();
        _merchant.Dispose();
        _stranger.Dispose();
        _root?.Dispose();
    }

    private async Task ServeAsync(StoreServer server, HttpContext context, byte[] body)
    {
        var parameters = Parse(context.Request.QueryString.Value!.TrimStart('?') + "&" + Encoding.UTF8.GetString(body));
        var method = parameters.GetValueOrDefault("method", "");
        Calls.Enqueue(method);
        if (await server.TryFailAsync(context, Fault, _clock))
        {
            return;
        }
        if (await TryServeBillAsync(context))
        {
            return;
        }
        var answer = Answer(method, parameters);
        if (Fault == PlatformFault.Lost)
        {
            context.Response.StatusCode = 503;
            return;
        }
        var signature = Sign(Encoding.UTF8.GetBytes(answer), Fault == PlatformFault.WrongSign ? AlipayForgery.WrongKey : AlipayForgery.None);
        var shown = Fault == PlatformFault.ChangedAnswer ? answer.Replace("TRADE_NOT_EXIST", "TRADE_NOT_EXIsT", StringComparison.Ordinal).Replace("WAIT_BUYER_PAY", "TRADE_SUCCESS", StringComparison.Ordinal).Replace("\"total_amount\":\"", "\"total_amount\":\"1", StringComparison.Ordinal) : answer;
        var name = method.Replace('.', '_') + "_response";
        var number = UsesCertificates ? ",\"alipay_cert_sn\":\"" + _alipayNumber + "\"" : "";
        await context.Response.WriteAsync(Fault == PlatformFault.NoSign ? $$"""{"{{name}}":{{shown}}}""" : $$"""{"{{name}}":{{shown}}{{number}},"sign":"{{signature}}"}""");
    }

    private string Answer(string method, Dictionary<string, string> parameters)
    {
        if (!IsSigned(parameters) || parameters.GetValueOrDefault("app_id") != AppId)
        {
            WrongSignatures++;
            return """{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错"}""";
        }
        if (UsesCertificates && (parameters.GetValueOrDefault("app_cert_sn") != NumberOf(_appPem) || parameters.GetValueOrDefault("alipay_root_cert_sn") != NumberOf(_rootPem)))
        {
            WrongSignatures++;
            return """{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.app-cert-sn-error","sub_msg":"证书序列号错误"}""";
        }
        using var biz = JsonDocument.Parse(parameters["biz_content"]);
        if (method == "alipay.open.app.alipaycert.download")
        {
            return Download(biz.RootElement.GetProperty("alipay_cert_sn").GetString()!);
        }
        if (method == "alipay.trade.precreate")
        {
            return Prepare(biz.RootElement, parameters.GetValueOrDefault("notify_url"));
        }
        string? Field(string name) => biz.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        if (method == BillMethod)
        {
            return AnswerBill(Field("bill_date"));
        }
        var trade = Field("out_trade_no") is { } number ? Find(number) : _trades.Values.FirstOrDefault(known => known.TradeNo == Field("trade_no"));
        if (trade is null)
        {
            return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.TRADE_NOT_EXIST","sub_msg":"交易不存在"}""";
        }
        switch (method)
        {
            case "alipay.trade.query":
                return $$"""{"code":"10000","msg":"Success","buyer_logon_id":"187****0212","trade_no":"{{trade.TradeNo}}","out_trade_no":"{{trade.OutTradeNo}}","trade_status":"{{trade.Status}}","total_amount":"{{Amount(trade.Total)}}","store_name":"a\/b","send_pay_date":"{{(trade.PaidAt is { } paid ? Time(paid) : "")}}"}""";
            case "alipay.trade.close":
                if (trade.Status != "WAIT_BUYER_PAY")
                {
                    return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.REASON_TRADE_STATUS_INVALID","sub_msg":"交易状态异常"}""";
                }
                _trades.TryRemove(trade.OutTradeNo, out _);
                return $$"""{"code":"10000","msg":"Success","out_trade_no":"{{trade.OutTradeNo}}"}""";
            case "alipay.trade.refund":
                return Refund(trade, Field("out_request_no"), decimal.Parse(Field("refund_amount")!, CultureInfo.InvariantCulture));
            case "alipay.trade.fastpay.refund.query":
                return ShowRefund(trade, Field("out_request_no"));
            default:
                return """{"code":"40004","msg":"Business Failed","sub_code":"isv.invalid-method","sub_msg":"不存在的方法名"}""";
        }
    }

    private bool IsSigned(Dictionary<string, string> parameters)
    {
        var canonical = string.Join('&', parameters.Where(parameter => parameter.Key != "sign" && parameter.Value.Length > 0).OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key}={parameter.Value}"));
        lock (_gate)
        {
            return parameters.GetValueOrDefault("sign_type") == "RSA2" && parameters.TryGetValue("sign", out var sign)
                && _merchant.VerifyData(Encoding.UTF8.GetBytes(canonical), Convert.FromBase64String(sign), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    private string Sign(byte[] data, AlipayForgery forgery)
    {
        if (forgery == AlipayForgery.EmptySecret)
        {
#pragma warning disable CA5351 // That is the forgery.
            return Convert.ToHexStringLower(MD5.HashData(data));
#pragma warning restore CA5351
        }
        byte[] signature;
        lock (_gate)
        {
            signature = (forgery == AlipayForgery.WrongKey ? _stranger : _alipay).SignData(
                data, forgery == AlipayForgery.OldSignType ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        signature[^1] ^= (byte)(forgery == AlipayForgery.ChangedSignature ? 1 : 0);
        return Convert.ToBase64String(signature);
    }

    private static Dictionary<string, string> Parse(string encoded) =>
        QueryHelpers.ParseQuery(encoded).Where(pair => pair.Key.Length > 0).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);

    private static string Amount(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToOffset(China).ToString(TimeForm, CultureInfo.InvariantCulture);
}
