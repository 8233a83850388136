using OrderCenter.Accounts;
using OrderCenter.Api;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
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
using OrderCenter.Statements;
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
        if (settings.Storage.Engine == StoreOptions.Postgres)
        {
            services.AddHostedService<AppRefresh>();
        }
    }

    public static void AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<AppCatalog>();
        services.AddSingleton<OrderBook>();
        services.AddSingleton<Users>();
        services.AddSingleton<PointsLedger>();
        services.AddHostedService<Sweeper>();
    }

    /// <summary>The installed channels.</summary>
    public static void AddChannels(this IServiceCollection services)
    {
        services.AddSingleton<IChannel, GoogleChannel>();
        services.AddSingleton<IChannel, AppleChannel>();
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
        services.AddSingleton(new EngineOptions(settings.DeliversCallbacks));
        services.AddSingleton<CallbackEngine>();
        services.AddSingleton<CallbackBook>();
        services.AddHostedService(provider => provider.GetRequiredService<CallbackEngine>());
    }

    /// <summary>Reconciliation with the statements of stores.</summary>
    public static void AddStatements(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.BusinessDay);
        services.AddSingleton<StatementImport>();
        services.AddSingleton<Matching>();
        services.AddSingleton<Reconciliations>();
        services.AddSingleton<Repairs>();
        services.AddHostedService<StatementWorker>();
    }

    public static void AddNativeApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminToken(settings.AdminToken));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Readable));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, CardsJson.Readable));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ReconciliationsJson.Readable));
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
