namespace OrderCenter.Api;

/// <summary>Metadata of an endpoint that ignores its query.</summary>
internal sealed class QueryIgnored;
