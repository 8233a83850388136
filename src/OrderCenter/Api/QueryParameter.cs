namespace OrderCenter.Api;

/// <summary>A query parameter of a route.</summary>
/// <param name="Name">As it stands in the address.</param>
/// <param name="Description">What it does, for the OpenAPI document.</param>
internal sealed record QueryParameter(string Name, string Description)
{
    public bool IsRequired { get; init; }

    /// <summary>A whole number from 1 to this; null: a text.</summary>
    public int? NumberMax { get; init; }

    /// <summary>The OpenAPI format of the text, such as <c>date-time</c>; null: any text.</summary>
    public string? Format { get; init; }

    /// <summary>The only values that are allowed; null: any.</summary>
    public IReadOnlyList<string>? Values { get; init; }
}
