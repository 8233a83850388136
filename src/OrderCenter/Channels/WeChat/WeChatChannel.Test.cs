using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Settings;

namespace OrderCenter.Channels.WeChat;

/// <summary>Whether an app's settings work: above all, whether what WeChat says can be verified. Merchants that signed up since about
/// autumn 2024 have no platform certificates, so that their settings must name WeChat's public key.</summary>
internal sealed partial class WeChatChannel
{
    private const string KeyAdvice =
        "set platformPublicKey and publicKeyId (PUB_KEY_ID_…), as the merchant platform shows them under API security";

    public IEnumerable<string> Warnings(JsonElement settings)
    {
        if (WeChatSettings.Read(settings) is { Faults.Count: 0, HasPlatformKey: false })
        {
            yield return "no key of WeChat's is set, so that nothing it says can be verified unless it has platform certificates for this "
                + $"merchant, which newer merchants do not get: {KeyAdvice}";
        }
    }

    /// <summary>Asks for a transaction that cannot be: WeChat's signed "not there" proves the merchant, our key and its key.</summary>
    public async ValueTask<SettingsTestResult> TestAsync(App app, CancellationToken cancellationToken)
    {
        if (WeChatSettings.Of(app) is not { } settings)
        {
            return new SettingsTestResult(false, NotConfigured);
        }
        var reply = await _api.CallAsync(
            settings, HttpMethod.Get,
            $"/v3/pay/transactions/out-trade-no/{WeChatSigning.Nonce()}?mchid={Uri.EscapeDataString(settings.MchId)}", "",
            cancellationToken);
        return reply switch
        {
            { IsSettingsFault: true } or { Status: null } => new SettingsTestResult(false, reply.Message),
            { IsSigned: false } => new SettingsTestResult(
                false, $"WeChat Pay answers, and its signature cannot be verified with the keys that this app has: {KeyAdvice}"),
            { Status: 404 } => new SettingsTestResult(
                true, "WeChat Pay accepts the merchant's signature, and its own is verified"),
            _ => new SettingsTestResult(false, reply.Message),
        };
    }
}
