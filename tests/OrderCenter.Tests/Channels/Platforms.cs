using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Hosting.Workers;
using OrderCenter.Orders;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>The whole service with Alipay, WeChat Pay and a game server, each behind a real socket.</summary>
public sealed class Platforms : Service, IAsyncLifetime
{
    public const string Secret = "B8899E2039DF87E2";

    public Alipay Alipay { get; private set; } = null!;

    public WeChatPay WeChat { get; private set; } = null!;

    public GameServer Games { get; private set; } = null!;

    protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Alipay = await Alipay.StartAsync(Clock, CancellationToken.None);
        WeChat = await WeChatPay.StartAsync(Clock, CancellationToken.None);
        Games = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, CancellationToken.None);
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Alipay.DisposeAsync();
        await WeChat.DisposeAsync();
        await Games.DisposeAsync();
    }

    /// <summary>An app with both platforms, whose callbacks go to the game server.</summary>
    public async Task<OrderApiGame> NewAppAsync(object? more = null, Dictionary<string, object>? alipay = null, Dictionary<string, object>? wechat = null, string protocol = "OrderApi")
    {
        var body = new JsonObject
        {
            ["callbackUrl"] = protocol == "OrderCheck" ? Games.OrderCheck.AbsoluteUri : Games.OrderApi.AbsoluteUri,
            ["channels"] = new JsonObject
            {
                ["alipay"] = JsonSerializer.SerializeToNode(alipay ?? Alipay.Settings()),
                ["wechat"] = JsonSerializer.SerializeToNode(wechat ?? WeChat.Settings()),
            },
        };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[name] = value?.DeepClone();
        }
        return await NewGameAsync(body, Secret, protocol);
    }

    /// <summary>An order whose payment begins with us.</summary>
    public async Task<(string Id, JsonElement Pay)> NewOrderAsync(string gameId, string channel, string money = "6.5", string? currency = null, object? extra = null)
    {
        var (status, json) = await CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId, productId = "gem-60", productName = "六十/钻石", money, currency = currency ?? "CNY", userId = "u1", channel, extra });
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.True(json.TryGetProperty("pay", out var pay), json.GetRawText());
        return (json.GetProperty("orderId").GetString()!, pay);
    }

    /// <summary>The service's own rounds with stores, every 5 s. A test that lets much time pass stops them and makes the steps itself (<see cref="PassAsync"/>): a call
    /// that is under way while the clock jumps would be a time-out.</summary>
    internal ProviderSyncWorker Rounds => Services.GetServices<IHostedService>().OfType<ProviderSyncWorker>().Single();

    public Task StopRoundsAsync() => StopOnceBegunAsync(Rounds);

    /// <summary>Lets time pass in steps, with the rounds stopped; before each is over, all that was due by then is done and recorded.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Clock.Advance(step < time - passed ? step : time - passed);
            await DoRoundAsync();
        }
    }

    /// <summary>One round with the stores, and whatever it leads to: callbacks that are due, notifications that were just kept.</summary>
    public async Task DoRoundAsync()
    {
        await Services.GetRequiredService<OrderExpiry>().ExpireAsync(Now);
        var (notifications, recovery) = (Services.GetRequiredService<NotificationProcessor>(), Services.GetRequiredService<PaymentRecovery>());
        var (reports, poller) = (Services.GetRequiredService<FulfilmentReports>(), Services.GetRequiredService<EventPoller>());
        var refunds = Services.GetRequiredService<ProviderRefunds>();
        foreach (var step in new[] { notifications.StepAsync, recovery.StepAsync, reports.StepAsync, refunds.StepAsync, poller.StepAsync })
        {
            while (await step(Now))
            {
            }
        }
        await Eventually(async () => await UnderWayAsync() == 0, () => "callbacks or notifications are under way for ever");
    }

    /// <summary>Callbacks that are sent or due, and notifications that are being read for the first time.</summary>
    private Task<long> UnderWayAsync() => OrderCenter.Tests.H5Sdk.Given.NumberAsync(
        this,
        "SELECT (SELECT count(*) FROM callbacks WHERE status = 1 OR (status = 0 AND due_ms <= $1)) + (SELECT count(*) FROM notifications WHERE state = 0 AND outcome IS NULL)",
        Clock.GetUtcNow().ToUnixTimeMilliseconds());

    public Uri NotifyAt(string channel, string gameId) => new(Http.BaseAddress!, $"/notify/{channel}/{gameId}");

    /// <summary>Waits until an order's two states are as they shall be.</summary>
    public async Task<JsonElement> UntilAsync(string orderId, string payState, string? state = null)
    {
        JsonElement order = default;
        await Eventually(async () =>
        {
            order = await OrderAsync(orderId);
            return order.GetProperty("payState").GetString() == payState && (state is null || order.GetProperty("state").GetString() == state);
        }, () => order.ToString());
        return order;
    }

    /// <summary>Waits until the newest notification of an app is read, and gives it.</summary>
    public async Task<JsonElement> NoticeAsync(string gameId, string? state = null)
    {
        JsonElement notice = default;
        await Eventually(async () =>
        {
            var items = (await NoticesAsync(gameId)).ToList();
            notice = items.Count == 0 ? default : items[0];
            return items.Count > 0 && (state is null ? notice.GetProperty("state").GetString() != "waiting" : notice.GetProperty("state").GetString() == state);
        }, () => notice.ToString());
        return notice;
    }

    public async Task<IEnumerable<JsonElement>> NoticesAsync(string gameId, string filter = "") =>
        (await CallAsync(HttpMethod.Get, $"/api/v1/notifications?gameId={gameId}{filter}")).Json.GetProperty("items").EnumerateArray().ToList();

    public static async Task Eventually(Func<Task<bool>> isSo, Func<string>? seen = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            Assert.False(patience.IsCancellationRequested, "it never became so: " + seen?.Invoke());
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Now);
        }
    }
}
