using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>Both stores' servers behind real sockets, a clock that the test moves, the channels that ask them, and what the orders would say.</summary>
public sealed class OnlineStores : IAsyncLifetime
{
    public ManualClock Clock { get; } = new();

    public GooglePlay GooglePlay { get; private set; } = null!;

    public GooglePlayServer Google { get; private set; } = null!;

    public AppStore AppStore { get; private set; } = null!;

    public AppStoreServer Apple { get; private set; } = null!;

    public StoreHttp Http { get; private set; } = null!;

    public GoogleChannel GoogleChannel { get; private set; } = null!;

    public AppleChannel AppleChannel { get; private set; } = null!;

    internal AppleNotifications AppleNotices => (AppleNotifications)AppleChannel.Notifications;

    internal GoogleNotifications GoogleNotices => (GoogleNotifications)GoogleChannel.Notifications;

    /// <summary>The orders that the channels find.</summary>
    public Dictionary<OrderId, Order> Orders { get; } = [];

    /// <summary>Which order a transaction has paid.</summary>
    public Dictionary<string, OrderId> Holders { get; } = new(StringComparer.Ordinal);

    /// <summary>How much of an order was used, as the game told.</summary>
    public Dictionary<OrderId, int> Consumed { get; } = [];

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask InitializeAsync()
    {
        Http = new StoreHttp(Clock);
        GooglePlay = new GooglePlay(Clock);
        Google = await GooglePlayServer.StartAsync(Clock, Given.Package);
        AppStore = new AppStore(Clock);
        Apple = await AppStoreServer.StartAsync(AppStore, Clock, Given.Package);
        GoogleChannel = new GoogleChannel(Clock, Http, FindOrder, FindHolder);
        AppleChannel = new AppleChannel(Clock, Http, FindOrder, FindHolder, (id, _) => Task.FromResult(Consumed.TryGetValue(id, out var share) ? share : (int?)null), Given.Vault);
    }

    public async ValueTask DisposeAsync()
    {
        await Google.DisposeAsync();
        await Apple.DisposeAsync();
        GooglePlay.Dispose();
        AppStore.Dispose();
        Http.Dispose();
    }

    public Task<Order?> FindOrder(OrderId id, CancellationToken cancellationToken) => Task.FromResult(Orders.GetValueOrDefault(id));

    public Task<OrderId?> FindHolder(string channel, string transactionId, CancellationToken cancellationToken) =>
        Task.FromResult(Holders.TryGetValue(transactionId, out var holder) ? holder : (OrderId?)null);

    public static async Task<Verdict> JudgeAsync(IChannel channel, App app, Order order, string receipt) =>
        await channel.VerifyAsync(app, order, Given.Receipt(receipt), TestContext.Current.CancellationToken);

    /// <summary>A notification as it comes in.</summary>
    public RawNotification Notice(string body, string? authorization = null)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (authorization is not null)
        {
            headers["authorization"] = authorization;
        }
        return new RawNotification(headers, System.Text.Encoding.UTF8.GetBytes(body), NowMs);
    }

    /// <summary>Waits for a call that hangs at the store, and lets its time run out.</summary>
    public async Task<T> TimeOutAsync<T>(Task<T> call, Func<bool> hasArrived)
    {
        while (!hasArrived() && !call.IsCompleted)
        {
            await Task.Yield();
        }
        Clock.Advance(StoreHttp.TimeMax);
        return await call;
    }
}
