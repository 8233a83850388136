namespace OrderCenter.Api;

/// <summary>Body of <c>POST /apps/{gameId}/secrets</c>.</summary>
internal sealed record RotateJson
{
    public string? Secret { get; init; }

    /// <summary>How long the secrets before go on verifying, seconds.</summary>
    public long PreviousValidSeconds { get; init; }
}
