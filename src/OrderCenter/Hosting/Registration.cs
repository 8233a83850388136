using OrderCenter.Accounts;
using OrderCenter.Api;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Channels;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.Points;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Protocols;
using OrderCenter.Protocols.CardRecharge;
using OrderCenter.Protocols.H5Sdk;
using OrderCenter.Protocols.OrderApi;
using OrderCenter.Protocols.OrderCheck;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>What is put together, in the order in which data goes through it.</summary>
internal static class Registration
{
    public static void AddModel(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
    }

    public static void AddStore(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Storage);
        services.AddSingleton(_ => new Vault(settings.MasterKey));
        services.AddSingleton<Store.Store>();
        services.AddSingleton<DueWork>();
        services.AddHostedService<StoreOpener>();
    }

    public static void AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<AppCatalog>();
        services.AddSingleton<OrderBook>();
        services.AddSingleton<Users>();
        services.AddSingleton<PointsLedger>();
        services.AddHostedService<Sweeper>();
        services.AddSingleton<Tellings>();
        services.AddSingleton<StorePolls>();
        services.AddHostedService<StoreRounds>();
    }

    /// <summary>The installed channels.</summary>
    public static void AddChannels(this IServiceCollection services)
    {
        services.AddSingleton<StoreHttp>();
        services.AddSingleton<FindOrder>(provider => async (id, cancellationToken) =>
            (await provider.GetRequiredService<OrderBook>().FindAsync(id, cancellationToken))?.Order);
        services.AddSingleton<FindHolder>(provider => (channel, transactionId, cancellationToken) =>
            provider.GetRequiredService<OrderBook>().HolderAsync(channel, transactionId, cancellationToken));
        services.AddSingleton<GoogleChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<GoogleChannel>());
        services.AddSingleton<IAsked>(provider => provider.GetRequiredService<GoogleChannel>());
        services.AddSingleton<ITold>(provider => provider.GetRequiredService<GoogleChannel>());
        services.AddSingleton<GoogleNotices>();
        services.AddSingleton<INotified>(provider => provider.GetRequiredService<GoogleNotices>());
        services.AddSingleton<IPolled>(provider => provider.GetRequiredService<GoogleNotices>());
        services.AddSingleton<AppleChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<AppleChannel>());
        services.AddSingleton<IAsked>(provider => provider.GetRequiredService<AppleChannel>());
        services.AddSingleton<AppleNotices>();
        services.AddSingleton<INotified>(provider => provider.GetRequiredService<AppleNotices>());
        services.AddSingleton<IPolled>(provider => provider.GetRequiredService<AppleNotices>());
        services.AddSingleton<IChannel, PointsChannel>();
    }

    /// <summary>The installed protocols.</summary>
    public static void AddProtocols(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ICallbackProtocol, OrderApiProtocol>();
        services.AddSingleton<ICallbackProtocol, H5SdkProtocol>();
        services.AddSingleton<ICallbackProtocol, OrderCheckProtocol>();
        services.AddSingleton<CardInventory>();
        services.AddSingleton<CardRechargeProtocol>();
        services.AddSingleton<ICallbackProtocol>(provider => provider.GetRequiredService<CardRechargeProtocol>());
        services.AddSingleton<Fulfilment>();
        services.AddSingleton<IFulfilment>(provider => provider.GetRequiredService<Fulfilment>());
        services.AddHostedService<Serving>();
        services.AddSingleton<ICallbackPlans, InstalledProtocols>();
        services.AddSingleton(provider => new ProtocolNames([.. provider.GetServices<ICallbackProtocol>().Select(protocol => protocol.Name)]));
        services.AddSingleton(new AppRateLimit(settings.RequestsPerSecondPerApp));
        services.AddSingleton<Admission>();
    }

    public static void AddCallbacks(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<CallbackMetrics>();
        services.AddSingleton(new SenderOptions(settings.AllowPrivateNetworks, settings.CallbackProxy));
        services.AddSingleton<ICallbackSender, CallbackSender>();
        services.AddSingleton<FindApp>(provider => provider.GetRequiredService<AppCatalog>().Find);
        services.AddSingleton<CallbackEngine>();
        services.AddSingleton<CallbackBook>();
        services.AddHostedService(provider => provider.GetRequiredService<CallbackEngine>());
    }

    public static void AddNativeApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminToken(settings.AdminToken));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Readable));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, CardsJson.Readable));
        services.AddOpenApi("v1", api => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "OrderCenter native API";
            document.Info.Version = "v1";
            return Task.CompletedTask;
        }));
    }

    public static void MapNativeApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapNativeEndpoints();
    }

    public static void MapProtocols(this IEndpointRouteBuilder routes)
    {
        Protocols.OrderApi.Endpoints.Map(routes);
        Protocols.H5Sdk.Endpoints.Map(routes);
        Protocols.OrderCheck.Endpoints.Map(routes);
        Protocols.CardRecharge.Endpoints.Map(routes);
    }
}
