using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>The side of WeChat's virtual payment: it verifies what the app signs, keeps the orders, answers about them and pushes messages. Written apart from the
/// service, from WeChat's documents. Safe for concurrent use.</summary>
public sealed partial class WeChatVirtual : IAsyncDisposable
{
    private const string ByteLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, WeChatVirtualOrder> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WeChatVirtualRefund> _refunds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _tokens = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new();
    private StoreServer _server = null!;
    private long _last;

    private WeChatVirtual(TimeProvider clock) => _clock = clock;

    public string AppId { get; } = "wx" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    public string AppSecret { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string OfferId { get; } = "14" + RandomNumberGenerator.GetString("0123456789", 8);

    public string AppKey { get; } = RandomNumberGenerator.GetString(ByteLetters, 32);

    public string PushToken { get; } = RandomNumberGenerator.GetString(ByteLetters, 16);

    public string EncodingAesKey { get; } = RandomNumberGenerator.GetString(ByteLetters, 43);

    /// <summary>The player's, and the session key that the login gave.</summary>
    public string OpenId { get; } = "o" + RandomNumberGenerator.GetString(ByteLetters, 27);

    public string SessionKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether this is the sandbox.</summary>
    public bool IsSandbox { get; set; }

    public bool IsMiniGame { get; set; }

    public Uri Address => _server.Address;

    /// <summary>What the platform does to the calls that come, until it is changed.</summary>
    public PlatformFault Fault { get; set; }

    /// <summary>Paths of calls, refused ones too.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public int WrongSignatures { get; private set; }

    /// <summary>The settings of an app's channel <c>wechat-virtual</c> that go with this platform.</summary>
    public Dictionary<string, object> Settings(params (string Name, object Value)[] more)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["appId"] = AppId,
            ["appSecret"] = AppSecret,
            ["offerId"] = OfferId,
            ["appKey"] = AppKey,
            ["environment"] = IsSandbox ? "Sandbox" : "Production",
            ["kind"] = IsMiniGame ? "minigame" : "miniprogram",
            ["pushToken"] = PushToken,
            ["apiBase"] = Address.AbsoluteUri,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        return settings;
    }

    public static async Task<WeChatVirtual> StartAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var wechat = new WeChatVirtual(clock);
        wechat._server = await StoreServer.StartAsync(wechat.ServeAsync, cancellationToken);
        return wechat;
    }

    /// <summary>The mini program hands <c>pay</c> to WeChat, which opens the order. Where it bears no signature of the player's, the game's server has made it.</summary>
    /// <exception cref="InvalidOperationException">It is not signed by the app and for the player.</exception>
    public WeChatVirtualOrder Open(JsonElement pay)
    {
        var data = pay.GetProperty("signData").GetString()!;
        var method = IsMiniGame ? "requestMidasPaymentGameItem" : "requestVirtualPayment";
        if (pay.GetProperty("paySig").GetString() != Hmac(AppKey, $"{method}&{data}") || pay.TryGetProperty("signature", out var signature) && signature.GetString() != Hmac(SessionKey, data))
        {
            throw new InvalidOperationException("signData is not signed by the app and for the player");
        }
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        if (root.GetProperty("offerId").GetString() != OfferId || root.GetProperty("env").GetInt32() != (IsSandbox ? 1 : 0))
        {
            throw new InvalidOperationException("the offer or the environment is another");
        }
        var (number, quantity) = (root.GetProperty("outTradeNo").GetString()!, root.GetProperty("buyQuantity").GetInt32());
        var last = Interlocked.Increment(ref _last);
        return _orders.GetOrAdd(number, _ => new WeChatVirtualOrder(
            number, string.Create(CultureInfo.InvariantCulture, $"4500{OfferId}{last:D14}"), string.Create(CultureInfo.InvariantCulture, $"4200{OfferId}{last:D14}"),
            root.GetProperty("productId").GetString()!, quantity, root.GetProperty("goodsPrice").GetInt64() * quantity, 0, 1, OpenId, null));
    }

    /// <summary>The player pays an open order.</summary>
    public WeChatVirtualOrder Pay(WeChatVirtualOrder order, long? fen = null) =>
        _orders[order.OutTradeNo] = order with { Status = 2, TotalFen = fen ?? order.TotalFen, PaidAt = _clock.GetUtcNow() };

    public WeChatVirtualOrder Pay(JsonElement pay) => Pay(Open(pay));

    /// <summary>Money goes back, by whoever's wish.</summary>
    public WeChatVirtualOrder Refund(WeChatVirtualOrder order, long fen)
    {
        var refunded = _orders[order.OutTradeNo].RefundedFen + fen;
        return _orders[order.OutTradeNo] = _orders[order.OutTradeNo] with { RefundedFen = refunded, Status = refunded >= order.TotalFen ? 5 : 4 };
    }

    public IEnumerable<WeChatVirtualRefund> RefundsOf(string outTradeNo) => _refunds.Values.Where(refund => refund.OutTradeNo == outTradeNo);

    /// <summary>A refund that was begun ends.</summary>
    public WeChatVirtualOrder FinishRefund(string number)
    {
        var refund = _refunds[number] = _refunds[number] with { IsDone = true };
        return Refund(_orders[refund.OutTradeNo], refund.Fen);
    }

    public WeChatVirtualOrder? Find(string outTradeNo) => _orders.GetValueOrDefault(outTradeNo);

    /// <summary>Access tokens that were given end at once.</summary>
    public void EndTokens() => _tokens.Clear();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private static string Hmac(string key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));

    private async Task ServeAsync(StoreServer server, HttpContext context, byte[] body)
    {
        var path = context.Request.Path.Value!;
        Calls.Enqueue(path);
        if (await server.TryFailAsync(context, Fault, _clock))
        {
            return;
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Answer(path, context.Request.Query, Encoding.UTF8.GetString(body)));
    }

    private string Answer(string path, IQueryCollection query, string body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (path == "/cgi-bin/stable_token")
        {
            if (root.GetProperty("appid").GetString() != AppId || root.GetProperty("secret").GetString() != AppSecret)
            {
                return """{"errcode":40125,"errmsg":"invalid appsecret"}""";
            }
            var token = "71_" + RandomNumberGenerator.GetHexString(64);
            _tokens[token] = 0;
            return $$"""{"access_token":"{{token}}","expires_in":7200}""";
        }
        if (!_tokens.ContainsKey(query["access_token"].ToString()))
        {
            return """{"errcode":42001,"errmsg":"access_token expired"}""";
        }
        if (query["pay_sig"] != Hmac(AppKey, $"{path}&{body}"))
        {
            WrongSignatures++;
            return """{"errcode":268490003,"errmsg":"支付签名(pay_sig)校验失败"}""";
        }
        if (path == "/xpay/query_order" && _refunds.TryGetValue(root.GetProperty("order_id").GetString()!, out var refund))
        {
            return $$"""{"errcode":0,"order":{"order_id":"{{refund.Number}}","order_type":1,"status":{{(refund.IsDone ? 8 : 1)}},"refund_fee":{{refund.Fen}},"wx_order_id":"5{{refund.Number}}"} }""";
        }
        if (root.GetProperty("env").GetInt32() != (IsSandbox ? 1 : 0) || Find(root.GetProperty("order_id").GetString()!) is not { } order || order.OpenId != root.GetProperty("openid").GetString())
        {
            return """{"errcode":268490002,"errmsg":"数据不存在 rid: 6538c45b","order":null}""";
        }
        return path == "/xpay/query_order" ? Show(order) : BeginRefund(order, root);
    }

    private string BeginRefund(WeChatVirtualOrder order, JsonElement root)
    {
        var (number, left, fen) = (root.GetProperty("refund_order_id").GetString()!, root.GetProperty("left_fee").GetInt64(), root.GetProperty("refund_fee").GetInt64());
        if (_refunds.ContainsKey(number))
        {
            return """{"errcode":268490004,"errmsg":"重复操作"}""";
        }
        if (left != order.TotalFen - order.RefundedFen)
        {
            return """{"errcode":268490016,"errmsg":"left_fee不符"}""";
        }
        if (number.Length is < 8 or > 32 || fen <= 0 || fen > left)
        {
            return """{"errcode":268490002,"errmsg":"参数错误"}""";
        }
        _refunds[number] = new WeChatVirtualRefund(number, order.OutTradeNo, fen, IsDone: false);
        return $$"""{"errcode":0,"errmsg":"ok","refund_order_id":"{{number}}","pay_order_id":"{{order.OutTradeNo}}"}""";
    }

    private string Show(WeChatVirtualOrder order) => JsonText.Object(json =>
    {
        json.WriteNumber("errcode", 0);
        json.WriteString("errmsg", "ok");
        json.WriteStartObject("order");
        json.WriteString("order_id", order.OutTradeNo);
        json.WriteNumber("status", order.Status);
        json.WriteNumber("biz_type", 0);
        json.WriteNumber("order_fee", order.TotalFen);
        json.WriteNumber("paid_fee", order.TotalFen);
        json.WriteNumber("order_type", 0);
        json.WriteNumber("paid_time", order.PaidAt?.ToUnixTimeSeconds() ?? 0);
        json.WriteNumber("env_type", IsSandbox ? 2 : 1);
        json.WriteNumber("left_fee", order.PaidAt is null ? 0 : order.TotalFen - order.RefundedFen);
        json.WriteString("wx_order_id", order.WeChatId);
        json.WriteString("wxpay_order_id", order.PaidAt is null ? "" : order.TransactionId);
        json.WriteEndObject();
    });
}
