namespace OrderCenter.Api;

/// <summary>The query parameters that a route knows, as metadata of its endpoint: requests are checked against it, and the OpenAPI
/// document is made from it. An endpoint without it knows none.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> Known)
{
    private static readonly QueryParameters None = new([]);

    public static QueryParameters Of(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<QueryParameters>() ?? None;
}
