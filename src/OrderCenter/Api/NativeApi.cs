using Microsoft.AspNetCore.Mvc;

namespace OrderCenter.Api;

/// <summary>The native API: <c>/api/v1</c> (contract.md). JSON, bearer token, problem details.</summary>
internal static class NativeApi
{
    public static void MapNativeEndpoints(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var group = routes.MapGroup("/api/v1").WithTags("OrderCenter")
            .WithMetadata(new RequestSizeLimitAttribute(Body.BytesMax))
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<Access>(services))
            .AddEndpointFilter(ActivatorUtilities.CreateInstance<Idempotency>(services))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        AppsApi.Map(group, ActivatorUtilities.CreateInstance<AppsApi>(services));
        OrdersApi.Map(group, ActivatorUtilities.CreateInstance<OrdersApi>(services));
        group.MapFallback(() => Answer.NotFound("resource")).ExcludeFromDescription();
    }
}
