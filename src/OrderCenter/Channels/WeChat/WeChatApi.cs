using System.Text;
using OrderCenter.Domain;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>Calls to WeChat Pay, signed with the merchant's key; an answer is believed only under WeChat's own signature.</summary>
internal sealed class WeChatApi(StoreHttp http, TimeProvider clock)
{
    /// <summary>The keys that what WeChat says is signed with.</summary>
    public PlatformKeys Keys { get; } = new(http, clock);

    /// <summary>An answer of WeChat's.</summary>
    /// <param name="Status">Null: no answer came.</param>
    /// <param name="Fields">The body; null: there is none.</param>
    /// <param name="IsSigned">Whether it bears WeChat's signature.</param>
    /// <param name="Code">WeChat's error code; empty: none.</param>
    /// <param name="Message">For the operator.</param>
    public sealed record Reply(int? Status, JsonFieldReader? Fields, bool IsSigned, string Code, string Message)
    {
        public bool IsDone => Status is 200 or 202 or 204 && IsSigned;

        /// <summary>A refusal of ours that another try does not mend.</summary>
        public bool IsRefusal => Status is >= 400 and < 500 and not 408 and not 429;

        /// <summary>A refusal of the app's settings: its key, its numbers, its rights.</summary>
        public bool IsSettingsFault =>
            Status is 401 or 403 || Code is "SIGN_ERROR" or "NO_AUTH" or "APPID_MCHID_NOT_MATCH" or "MCH_NOT_EXISTS" or "MCHID_NOT_EXIST";
    }

    public async Task<Reply> CallAsync(
        WeChatSettings settings, HttpMethod method, string pathAndQuery, string body, CancellationToken cancellationToken)
    {
        var target = new Uri(settings.ApiBase.AbsoluteUri.TrimEnd('/') + pathAndQuery);
        var request = new HttpRequestMessage(method, target);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            WeChatSigning.Authorize(settings, method.Method, target.PathAndQuery, body, clock.GetUtcNow().ToUnixTimeSeconds()));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "OrderCenter");
        if (settings.PublicKeyId.Length > 0)
        {
            // Which key the answer shall be signed with.
            request.Headers.TryAddWithoutValidation("Wechatpay-Serial", settings.PublicKeyId);
        }
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        var sent = await http.SendAsync(request, cancellationToken);
        if (sent is not StoreResponse.Answered answer)
        {
            return new Reply(null, null, IsSigned: false, "", $"WeChat Pay: {((StoreResponse.Failed)sent).Reason}");
        }
        var status = answer.HttpStatus;
        var fault = (await Keys.VerifyAsync(
            settings, answer.Header, answer.Body, clock.NowMs(), cancellationToken))?.Reason;
        var fields = answer.Body.Length > 0 && JsonFieldReader.TryParse(answer.Body, out var parsed, out _) ? parsed : null;
        var code = fields?.TextOrEmpty("code", 128) ?? "";
        var message = status is >= 200 and < 300
            ? fault is null ? "WeChat Pay has done it" : $"WeChat Pay's answer is not believed: {fault}"
            : $"WeChat Pay: HTTP {status} {code} {fields?.TextOrEmpty("message", 512)}".TrimEnd();
        return new Reply(status, fields, fault is null, code, message);
    }
}
