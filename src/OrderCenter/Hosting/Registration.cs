using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrderCenter.Accounts;
using OrderCenter.Api;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Changes;
using OrderCenter.Channels;
using OrderCenter.Channels.Alipay;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.Points;
using OrderCenter.Channels.WeChat;
using OrderCenter.Model;
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
        services.AddSingleton<PayDesk>();
        services.AddSingleton<Makeup>();
        services.AddSingleton<StoreRefunds>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<Tellings>();
        services.AddSingleton<StorePolls>();
        services.AddSingleton<NewsTaker>();
        services.AddSingleton<TakeNews>(provider => provider.GetRequiredService<NewsTaker>().TakeAsync);
        services.AddHostedService<InboxReader>();
        services.AddHostedService<StoreRounds>();
    }

    /// <summary>The installed channels.</summary>
    public static void AddChannels(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(provider => new PublicAddress(() => settings.PublicUrl ?? provider.ListensAt()));
        services.AddSingleton<StoreHttp>();
        services.AddSingleton<FindOrder>(provider => async (id, cancellationToken) =>
            (await provider.GetRequiredService<OrderBook>().FindAsync(id, cancellationToken))?.Order);
        services.AddSingleton<FindHolder>(provider => (channel, transactionId, cancellationToken) =>
            provider.GetRequiredService<OrderBook>().HolderAsync(channel, transactionId, cancellationToken));
        services.AddChannel<GoogleChannel>();
        services.AddChannel<GoogleNotices>();
        services.AddChannel<AppleChannel>();
        services.AddChannel<AppleNotices>();
        services.AddSingleton<IChannel, PointsChannel>();
        services.AddSingleton(PointsChannel.Account);
        services.AddChannel<AlipayChannel>();
        services.AddChannel<WeChatChannel>();
    }

    /// <summary>A channel, or what belongs to one, under everything that it can do.</summary>
    private static void AddChannel<T>(this IServiceCollection services)
        where T : class
    {
        services.AddSingleton<T>();
        foreach (var contract in new[] { typeof(IChannel), typeof(INotified), typeof(IPolled), typeof(IAsked), typeof(ITold), typeof(IRefunds), typeof(IPayStarter) })
        {
            if (contract.IsAssignableFrom(typeof(T)))
            {
                services.AddSingleton(contract, provider => provider.GetRequiredService<T>());
            }
        }
    }

    /// <summary>The address that this process listens at: what platforms are told where nobody says better.</summary>
    private static Uri? ListensAt(this IServiceProvider provider) =>
        provider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            && Uri.TryCreate(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal), UriKind.Absolute, out var url)
            ? url
            : null;

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
        services.AddSingleton<PlanCallback>(provider =>
        {
            var protocols = provider.GetServices<ICallbackProtocol>().ToDictionary(protocol => protocol.Name, StringComparer.Ordinal);
            return (app, order, @event) => protocols[app.Protocol].Plan(app, order, @event);
        });
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

    /// <summary>The feed of changes for games.</summary>
    public static void AddChanges(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new ChangeOptions(settings.KeepChangesDays));
        services.AddSingleton<Sequencer>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService<ChangeRounds>();
    }

    public static void AddNativeApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminToken(settings.AdminToken));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Readable));
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

    public static void MapStores(this IEndpointRouteBuilder routes) => NotifyEndpoint.Map(routes);
}
