using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>Calls to WeChat's virtual payment (<c>/xpay</c>), each with an access token and signed with the app's key. Answers bear no
/// signature: they are believed because the connection is WeChat's.</summary>
internal sealed class XPayApi
{
    private const string TokenPath = "/cgi-bin/stable_token";
    private const int TokenCharsMax = 1024;
    private const int MessageCharsMax = 512;
    private const long LifeSecondsMax = 24 * 3600;
    private const long CodeMax = 9_999_999_999;

    private readonly StoreHttp _http;
    private readonly AccessTokenCache<WeChatVirtualSettings> _tokens;

    public XPayApi(StoreHttp http, TimeProvider clock)
    {
        _http = http;
        _tokens = new AccessTokenCache<WeChatVirtualSettings>(clock, (settings, _) => RequestTokenAsync(settings));
    }

    /// <param name="settings">The app's.</param>
    /// <param name="path">Such as <c>/xpay/query_order</c>; it is signed with the body.</param>
    /// <param name="body">The exact text of the body.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<XPayReply> CallAsync(WeChatVirtualSettings settings, string path, string body, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (token, fault) = await _tokens.GetAsync(settings, cancellationToken);
            if (token is null)
            {
                return new XPayReply(null, null, fault ?? "WeChat gives no access token");
            }
            var signature = WeChatVirtualSigning.Hmac(settings.AppKey, $"{path}&{body}");
            var reply = await SendAsync(
                settings, $"{path}?access_token={Uri.EscapeDataString(token)}&pay_sig={signature}", body, cancellationToken);
            // A token that ended early, or that somebody else renewed by force.
            if (reply.Code is not (40001 or 40014 or 42001) || !_tokens.Refused(settings) || attempt > 0)
            {
                return reply;
            }
        }
    }

    private async Task<(string? Token, long Seconds, string? Fault)> RequestTokenAsync(WeChatVirtualSettings settings)
    {
        var body = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("grant_type", "client_credential");
            json.WriteString("appid", settings.AppId);
            json.WriteString("secret", settings.AppSecret);
            json.WriteBoolean("force_refresh", false);
        });
        var reply = await SendAsync(settings, TokenPath, body, CancellationToken.None);
        return reply is { IsDone: true, Fields: { } fields }
            && fields.Text("access_token", TokenCharsMax) is { } token && fields.Integer("expires_in", 1, LifeSecondsMax) is { } seconds
            ? (token, seconds, null)
            : (null, 0, $"WeChat gives no access token for appId and appSecret: {reply.Message}");
    }

    private async Task<XPayReply> SendAsync(
        WeChatVirtualSettings settings, string pathAndQuery, string body, CancellationToken cancellationToken)
    {
        var target = new Uri(settings.ApiBase.AbsoluteUri.TrimEnd('/') + pathAndQuery);
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        var sent = await _http.SendAsync(request, cancellationToken);
        if (sent is not StoreResponse.Answered answer)
        {
            return new XPayReply(null, null, $"WeChat: {((StoreResponse.Failed)sent).Reason}");
        }
        if (!answer.IsSuccess || !JsonFieldReader.TryParse(answer.Body, out var fields, out _))
        {
            return new XPayReply(null, null, $"WeChat: HTTP {answer.HttpStatus}, and no answer that can be read");
        }
        // A success may leave errcode out.
        var code = fields.IsGiven("errcode") ? fields.AnyInteger("errcode", -CodeMax, CodeMax) : 0;
        return new XPayReply(
            code, fields, code == 0 ? "WeChat has done it" : $"WeChat: {code} {fields.AnyText("errmsg", MessageCharsMax)}".TrimEnd());
    }
}
