using OrderCenter.Encodings;

namespace OrderCenter.Api;

/// <summary>Refuses query parameters that the route does not know, and those that are given twice: with a misspelt filter a search would
/// find everything.</summary>
internal sealed class QueryCheck : IEndpointFilter
{
    private const int ShownMax = 64;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return http.Request.QueryString.HasValue && http.GetEndpoint()?.Metadata.GetMetadata<QueryIgnored>() is null
            && Refuse(http) is { } refusal
            ? ValueTask.FromResult<object?>(refusal)
            : next(context);
    }

    private static ApiResult? Refuse(HttpContext http)
    {
        var known = QueryParameters.Of(http.GetEndpoint()).Known;
        foreach (var (name, values) in http.Request.Query)
        {
            // Without regard to case, as they are read.
            if (!known.Any(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                var names = known.Select(parameter => parameter.Name).ToList();
                return ApiResult.Invalid(
                    name.Length <= ShownMax ? name : name[..ShownMax] + "…",
                    NearestName.Of(name, names) is { } nearest
                        ? $"is not a query parameter here; the nearest is {nearest}; allowed: {string.Join(", ", names)}"
                        : "is not a query parameter here; this address takes none");
            }
            if (values.Count > 1)
            {
                return ApiResult.Invalid(name, "is given twice; once is allowed");
            }
        }
        return null;
    }
}
