namespace OrderCenter.Api;

/// <summary>Body of a repair. <c>orderId</c> names the order where the difference knows none.</summary>
internal sealed record ResolutionRequestJson
{
    public string? Action { get; init; }
    public string? Reason { get; init; }
    public string? OrderId { get; init; }
}
