namespace OrderCenter.Api;

/// <summary>Body of manual operations.</summary>
internal sealed record ReasonJson
{
    public string? Reason { get; init; }
}
