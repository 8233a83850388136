using OrderCenter.Api.Alerts;
using OrderCenter.Api.Authorization;
using OrderCenter.Api.Exports;
using OrderCenter.Api.Live;
using OrderCenter.Api.Search;
using OrderCenter.Api.Statistics;
using OrderCenter.Api.Work;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The native API: <c>/api/v1</c> (contract.md). JSON, bearer token or session, problem details.</summary>
internal static class NativeApi
{
    public static void MapNativeEndpoints(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var group = routes.MapGroup("/api/v1").WithTags("OrderCenter")
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<AuthorizationFilter>(services))
            .AddEndpointFilter(new QueryCheck())
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<Idempotency>(services))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        AppsApi.Map(group, ActivatorUtilities.CreateInstance<AppsApi>(services));
        var presenter = ActivatorUtilities.CreateInstance<OrderPresenter>(services);
        OrdersApi.Map(group, ActivatorUtilities.CreateInstance<OrdersApi>(services, presenter));
        RefundAnswersApi.Map(group, ActivatorUtilities.CreateInstance<RefundAnswersApi>(services, presenter));
        ProviderOperationsApi.Map(group, ActivatorUtilities.CreateInstance<ProviderOperationsApi>(services, presenter));
        NotificationsApi.Map(group, ActivatorUtilities.CreateInstance<NotificationsApi>(services));
        AccountsApi.Map(group, ActivatorUtilities.CreateInstance<AccountsApi>(services));
        CardsApi.Map(group, ActivatorUtilities.CreateInstance<CardsApi>(services, presenter));
        SignApi.Map(group, ActivatorUtilities.CreateInstance<SignApi>(services));
        CallbacksApi.Map(group, ActivatorUtilities.CreateInstance<CallbacksApi>(services));
        ChangesApi.Map(group, ActivatorUtilities.CreateInstance<ChangesApi>(services));
        ReconciliationsApi.Map(group, ActivatorUtilities.CreateInstance<ReconciliationsApi>(services));
        StatementFetchesApi.Map(group, ActivatorUtilities.CreateInstance<StatementFetchesApi>(services));
        SessionApi.Map(group, ActivatorUtilities.CreateInstance<SessionApi>(services));
        OperatorsApi.Map(group, ActivatorUtilities.CreateInstance<OperatorsApi>(services));
        TokensApi.Map(group, ActivatorUtilities.CreateInstance<TokensApi>(services));
        AuditApi.Map(group, ActivatorUtilities.CreateInstance<AuditApi>(services));
        AlertsApi.Map(group, ActivatorUtilities.CreateInstance<AlertsApi>(services));
        AlertSettingsApi.Map(group, ActivatorUtilities.CreateInstance<AlertSettingsApi>(services));
        WorkApi.Map(group, ActivatorUtilities.CreateInstance<WorkApi>(services));
        EndpointsApi.Map(group, ActivatorUtilities.CreateInstance<EndpointsApi>(services));
        ChannelTestApi.Map(group, ActivatorUtilities.CreateInstance<ChannelTestApi>(services));
        ProductsApi.Map(group, ActivatorUtilities.CreateInstance<ProductsApi>(services));
        ChannelTrialApi.Map(group, ActivatorUtilities.CreateInstance<ChannelTrialApi>(services));
        ProbeApi.Map(group, ActivatorUtilities.CreateInstance<ProbeApi>(services));
        EventsApi.Map(group, ActivatorUtilities.CreateInstance<EventsApi>(services));
        StatisticsApi.Map(group, ActivatorUtilities.CreateInstance<StatisticsApi>(services));
        SearchApi.Map(group, ActivatorUtilities.CreateInstance<SearchApi>(services));
        var players = ActivatorUtilities.CreateInstance<PlayerDataExport>(services, presenter);
        PlayerDataApi.Map(group, ActivatorUtilities.CreateInstance<PlayerDataApi>(services, players));
        ExportsApi.Map(group, services);
        // A write whose content type is not JSON matches none of the endpoints above, and comes here too. Not MapFallback: the generator of
        // request delegates makes it skip paths that look like files.
        group.Map("{**path}", (HttpRequest request) =>
            (HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method)) && !request.HasJsonContentType()
                ? RequestBody.UnsupportedType
                : ApiResult.NotFound("resource"))
            .For(Role.Viewer, GameSource.None).WithOrder(int.MaxValue).WithMetadata(new QueryIgnored()).ExcludeFromDescription();
    }
}
