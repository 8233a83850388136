using Microsoft.Extensions.Hosting.Systemd;
using OrderCenter.Accounts;
using OrderCenter.Api;
using OrderCenter.Api.Authorization;
using OrderCenter.Api.Live;
using OrderCenter.Apps;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Callbacks.Endpoints;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Callbacks.Synchronous;
using OrderCenter.Cards;
using OrderCenter.ChangeFeed;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Hosting.Workers;
using OrderCenter.OpenWork;
using OrderCenter.Operators;
using OrderCenter.Operators.Audit;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Receipts;
using OrderCenter.Orders.Refunds;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.PlayerData;
using OrderCenter.Protocols;
using OrderCenter.Protocols.CardRecharge;
using OrderCenter.Protocols.H5Sdk;
using OrderCenter.Protocols.OrderApi;
using OrderCenter.Protocols.OrderCheck;
using OrderCenter.ProviderSync;
using OrderCenter.Reconciliation;
using OrderCenter.Reconciliation.Fetching;
using OrderCenter.Reconciliation.Import;
using OrderCenter.Statistics;

namespace OrderCenter.Hosting;

/// <summary>Registers the parts of the service, in the order in which a request and its consequences pass through them.</summary>
internal static class Registration
{
    public static void AddFoundation(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddHostedService<StartupSummary>();
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddHostedService<SystemdNotification>();
        services.AddSingleton(provider => new BodyReader(settings.BytesBeingRead, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RefusalLog>();
    }

    public static void AddPersistence(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Storage);
        services.AddSingleton(_ => new Vault(settings.MasterKey, settings.OldMasterKeys));
        services.AddSingleton<Database>();
        services.AddSingleton<CallbackOutbox>();
        services.AddSingleton<OrderEventOutbox>();

        // What records an attempt is part of what the outbox hands callbacks to: it asks for the outbox when it needs it.
        services.AddSingleton<Func<OrderEventOutbox>>(provider => provider.GetRequiredService<OrderEventOutbox>);
        services.AddSingleton<AppCatalog>();
        services.AddSingleton<AppAdministration>();
        services.AddSingleton<AppRedaction>();
        services.AddHostedService<DatabaseStartup>();
        services.AddSingleton<ClockMetrics>();
        services.AddHostedService<ClockMonitor>();
        if (settings.Storage.Engine == DatabaseOptions.Postgres)
        {
            services.AddHostedService<AppRefreshWorker>();
        }
    }

    /// <summary>The installed protocols. A new one is a line here, and one in <see cref="MapProtocols"/>.</summary>
    public static void AddProtocols(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ICallbackProtocol, OrderApiProtocol>();
        services.AddSingleton<ICallbackProtocol, H5SdkProtocol>();
        services.AddSingleton<ICallbackProtocol, OrderCheckProtocol>();
        services.AddCardRecharge();
        services.AddSingleton<CallbackProtocols>();
        services.AddSingleton<PlanCallback>(provider => provider.GetRequiredService<CallbackProtocols>().Plan);
        services.AddSingleton(provider =>
        {
            var protocols = provider.GetServices<ICallbackProtocol>().ToList();
            return new ProtocolNames([.. protocols.Select(protocol => protocol.Name)])
            {
                RandomDigits = protocols.ToDictionary(
                    protocol => protocol.Name, protocol => protocol.OrderIdRandomDigits, StringComparer.Ordinal),
            };
        });
        services.AddSingleton(new AppRequestLimits(settings.RequestsPerSecondPerApp, settings.ConcurrentRequestsPerApp));
        services.AddSingleton<AppRequestLimiter>();
        services.AddSingleton(new FailureRateLimit(settings.FailuresPerMinutePerAddress));
        services.AddSingleton<CallerAuthorization>();
        services.AddSingleton<Users>();
    }

    public static void AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<OrderTelemetry>();
        services.AddSingleton<OrderSideEffects>();
        services.AddSingleton<FulfilmentReportQueue>();
        services.AddSingleton<OrderQueries>();
        services.AddSingleton<OrderCreation>();
        services.AddSingleton<PaymentWriter>();
        services.AddSingleton<PaymentApplication>();
        services.AddSingleton<RefusedReceiptWriter>();
        services.AddSingleton<RefusedPaymentRecorder>();
        services.AddSingleton<PendingReceiptStore>();
        services.AddSingleton<ReceiptApplication>();
        services.AddSingleton<OrderStateChange>();
        services.AddSingleton<RefundWriter>();
        services.AddSingleton<RefundReversals>();
        services.AddSingleton<RefundRecorder>();
        services.AddSingleton<ManualActions>();
        services.AddSingleton<OrderResultRecorder>();
        services.AddSingleton<FulfilmentRecorder>();
        services.AddSingleton<OrderExpiry>();
        services.AddSingleton<RefundEventHandler>();
        services.AddSingleton<ProviderEventHandler>();
        services.AddHostedService<MaintenanceWorker>();
    }

    public static void AddCallbacks(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<CallbackMetrics>();
        services.AddSingleton(new SenderOptions(settings.AllowPrivateNetworks, settings.CallbackProxy, settings.SendsTraceContext));
        services.AddSingleton<CallbackHttpClient>();
        services.AddSingleton<ICallbackHttpClient>(provider => provider.GetRequiredService<CallbackHttpClient>());
        services.AddSingleton(new DispatcherOptions(settings.DeliversCallbacks));
        services.AddSingleton<DispatcherState>();
        services.AddSingleton<CallbackLeaseService>();
        services.AddSingleton<CallbackAttemptSender>();
        services.AddSingleton<AttemptRecorder>();
        services.AddSingleton<CallbackSendLoop>();
        services.AddSingleton<CallbackClaimer>();
        services.AddSingleton<CallbackRecovery>();
        services.AddSingleton<ICallbackScheduler, CallbackScheduler>();
        services.AddSingleton<SynchronousAttemptLoop>();
        services.AddSingleton<SynchronousCallbackCoordinator>();
        services.AddSingleton<CallbackAdministration>();
        services.AddSingleton<CallbackRequestBuilder>();
        services.AddSingleton<RedeliveryJobRunner>();
        services.AddSingleton<EndpointOverview>();
        services.AddSingleton<EndpointProbe>();
        services.AddHostedService<CallbackDispatcher>();
    }

    public static void AddChangeFeed(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new ChangeFeedOptions(settings.KeepChangesDays));
        services.AddSingleton<FeedSequencer>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<FeedFollower>();
        services.AddSingleton<StatisticsQueries>();
        services.AddHostedService<ChangeFeedWorker>();
    }

    public static void AddReconciliation(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.BusinessDay);
        services.AddSingleton<StatementImport>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<StatementFetcher>();
        services.AddSingleton<StatementFetchQueries>();
        services.AddSingleton<ReconciliationQueries>();
        services.AddSingleton<ResolutionExecutor>();
        services.AddSingleton<Resolutions>();
        services.AddHostedService<ReconciliationWorker>();
        services.AddHostedService<StatementFetchWorker>();
    }

    public static void AddOperators(this IServiceCollection services)
    {
        services.AddSingleton<Passwords>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<OwnAccount>();
        services.AddSingleton<OperatorAdministration>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditQueries>();
        services.AddHostedService<AuditWorker>();
        services.AddSessionCookie();
    }

    public static void AddNativeApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminToken(settings.AdminToken));
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<AccessRecheck>();
        services.AddSingleton<Erasures>();
        services.AddHostedService<PlayerDataWorker>();
        services.AddSingleton<WorkCounts>();
        services.AddSingleton<WorkMetrics>();
        services.AddHostedService<WorkMetricsWorker>();
        services.AddSingleton<LiveOptions>();
        services.AddSingleton<LiveHub>();
        services.AddHostedService<LiveWorker>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Readable);

            // As bodies are read: a number as text is refused, and the OpenAPI document says so.
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        services.AddOpenApi("v1", OpenApiDescription.Describe);
    }

    public static void MapProtocols(this IEndpointRouteBuilder routes)
    {
        OrderApiEndpoints.Map(routes);
        H5SdkEndpoints.Map(routes);
        OrderCheckEndpoints.Map(routes);
        CardRechargeEndpoints.Map(routes);
    }

    public static void MapNotifications(this IEndpointRouteBuilder routes) => NotificationEndpoint.Map(routes);

    public static void MapNativeApi(this IEndpointRouteBuilder routes)
    {
        ApiDescription.Map(routes);
        routes.MapNativeEndpoints();
    }

    private static void AddCardRecharge(this IServiceCollection services)
    {
        services.AddSingleton<CardRechargeProtocol>();
        services.AddSingleton<ICallbackProtocol>(provider => provider.GetRequiredService<CardRechargeProtocol>());
        services.AddSingleton<CardInventory>();
        services.AddSingleton<CardFulfilment>();
        services.AddSingleton<IFulfilment>(provider => provider.GetRequiredService<CardFulfilment>());
        services.AddSingleton<CardBacklogProcessor>();
        services.AddHostedService<CardBacklogWorker>();
    }
}
