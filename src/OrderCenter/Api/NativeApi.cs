namespace OrderCenter.Api;

/// <summary>The native API: <c>/api/v1</c> (contract.md). JSON, bearer token, problem details.</summary>
internal static class NativeApi
{
    public static void MapNativeEndpoints(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var group = routes.MapGroup("/api/v1").WithTags("OrderCenter")
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<Access>(services))
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<Idempotency>(services))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        AppsApi.Map(group, ActivatorUtilities.CreateInstance<AppsApi>(services));
        var orders = ActivatorUtilities.CreateInstance<OrdersApi>(services);
        OrdersApi.Map(group, orders);
        StoreActsApi.Map(group, ActivatorUtilities.CreateInstance<StoreActsApi>(services, orders));
        NotificationsApi.Map(group, ActivatorUtilities.CreateInstance<NotificationsApi>(services));
        AccountsApi.Map(group, ActivatorUtilities.CreateInstance<AccountsApi>(services));
        CardsApi.Map(group, ActivatorUtilities.CreateInstance<CardsApi>(services));
        SignApi.Map(group, ActivatorUtilities.CreateInstance<SignApi>(services));
        CallbacksApi.Map(group, ActivatorUtilities.CreateInstance<CallbacksApi>(services));
        ChangesApi.Map(group, ActivatorUtilities.CreateInstance<ChangesApi>(services));
        ReconciliationsApi.Map(group, ActivatorUtilities.CreateInstance<ReconciliationsApi>(services));
        // A write whose content type is not JSON matches none of the endpoints above, and comes here too.
        group.MapFallback("{**path}", (HttpRequest request) =>
            (HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method)) && !request.HasJsonContentType() ? Body.UnsupportedType : Answer.NotFound("resource"))
            .ExcludeFromDescription();
    }
}
