using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>An operator. <c>password</c>: his first password, shown once, where one was given now.</summary>
internal sealed record OperatorJson(
    string Name, string Role, IReadOnlyList<long>? Games, bool Disabled, bool MustChangePassword, bool HasSecondFactor,
    DateTime CreatedAt, DateTime UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Password = null)
{
    public override string ToString() => Name;
}

/// <summary>Body of <c>POST /operators</c>.</summary>
internal sealed record NewOperatorJson
{
    public string? Name { get; init; }
    public string? Role { get; init; }

    /// <summary>The games that he sees; null or left out: all.</summary>
    public IReadOnlyList<long>? Games { get; init; }
}

/// <summary>Body of <c>PATCH /operators/{name}</c>: what is left out stays.</summary>
internal sealed record OperatorChangeJson
{
    public string? Role { get; init; }

    /// <summary>An array of numbers; null: all games.</summary>
    public JsonElement Games { get; init; }

    public bool? Disabled { get; init; }
    public bool? ResetPassword { get; init; }
    public bool? ResetTotp { get; init; }
}
