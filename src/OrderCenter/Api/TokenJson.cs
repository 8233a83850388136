using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>An API token. <c>secret</c>: the token itself, shown once, where it was made now.</summary>
internal sealed record TokenJson(
    string Id, string Name, string Role, IReadOnlyList<long>? Games, DateTime? ExpiresAt, string CreatedBy, DateTime CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null)
{
    public override string ToString() => Name;
}

/// <summary>Body of <c>POST /tokens</c>.</summary>
internal sealed record NewTokenJson
{
    public string? Name { get; init; }
    public string? Role { get; init; }

    /// <summary>The games that it sees; null or left out: all.</summary>
    public IReadOnlyList<long>? Games { get; init; }

    /// <summary>RFC 3339; null or left out: it does not expire.</summary>
    public string? ExpiresAt { get; init; }
}
