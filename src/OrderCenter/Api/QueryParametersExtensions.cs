namespace OrderCenter.Api;

internal static class QueryParametersExtensions
{
    /// <summary>Says which query parameters a route knows; every other one is refused.</summary>
    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, params QueryParameter[] known) =>
        route.WithMetadata(new QueryParameters(known));
}
