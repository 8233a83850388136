using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulation;

/// <summary>One account at each store, with its own books.</summary>
public sealed class PaymentStores : IAsyncDisposable
{
    private PaymentStores(string name, ManualClock clock) => (Name, GoogleKeys) = (name, new GooglePlay(clock));

    /// <summary>Of the account, in the settings of an app that has several.</summary>
    public string Name { get; }

    /// <summary>The package at Google, and the bundle at Apple.</summary>
    public string Package => "com.example." + Name;

    public GooglePlay GoogleKeys { get; }

    public GooglePlayServer Google { get; private set; } = null!;

    public AppStoreServer Apple { get; private set; } = null!;

    public Alipay Alipay { get; private set; } = null!;

    public WeChatPay WeChat { get; private set; } = null!;

    public WeChatVirtual Virtual { get; private set; } = null!;

    /// <param name="name">Of the account.</param>
    /// <param name="apple">Signs for every bundle.</param>
    /// <param name="clock">The stores' and the service's.</param>
    /// <param name="cancellationToken">Of the test.</param>
    public static async Task<PaymentStores> StartAsync(string name, AppStore apple, ManualClock clock, CancellationToken cancellationToken)
    {
        var stores = new PaymentStores(name, clock);
        stores.Google = await GooglePlayServer.StartAsync(clock, stores.Package);
        stores.Google.PageMax = 500;
        stores.Apple = await AppStoreServer.StartAsync(apple, clock, stores.Package);
        stores.Alipay = await Alipay.StartAsync(clock, cancellationToken, usesCertificates: true);
        stores.WeChat = await WeChatPay.StartAsync(clock, cancellationToken);
        stores.Virtual = await WeChatVirtual.StartAsync(clock, cancellationToken);
        stores.Virtual.Encrypts = true;
        return stores;
    }

    public void SetFaults(bool isDown, PlatformFault platforms, bool isRefundSlow)
    {
        Google.IsDown = Apple.IsDown = isDown;
        Alipay.Fault = WeChat.Fault = isDown ? platforms : PlatformFault.None;
        Virtual.Fault = isDown ? PlatformFault.Down : PlatformFault.None;
        WeChat.IsRefundSlow = isRefundSlow;
    }

    /// <summary>The settings of a channel's account.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="google">Whose keys sign Google's pushes: Google has the same for all packages.</param>
    /// <param name="asksAlways">Whether a signed transaction of Apple's is looked up as well.</param>
    public JsonNode Settings(string channel, GooglePlayServer google, bool asksAlways)
    {
        switch (channel)
        {
            case "google":
                var settings = JsonNode.Parse(Google.Settings(GoogleKeys.PublicKey))!;
                settings["oidcCerts"] = JsonNode.Parse(google.Settings())!["oidcCerts"]!.GetValue<string>();
                return settings;
            case "apple":
                return JsonNode.Parse(Apple.Settings(more: json => json.WriteBoolean("checkOnline", asksAlways)))!;
            case "alipay":
                return JsonSerializer.SerializeToNode(Alipay.Settings())!;
            case "wechat":
                return JsonSerializer.SerializeToNode(WeChat.Settings())!;
            default:
                return JsonSerializer.SerializeToNode(Virtual.Settings(("encodingAesKey", Virtual.EncodingAesKey)))!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Google.DisposeAsync();
        await Apple.DisposeAsync();
        await Alipay.DisposeAsync();
        await WeChat.DisposeAsync();
        await Virtual.DisposeAsync();
        GoogleKeys.Dispose();
    }
}
