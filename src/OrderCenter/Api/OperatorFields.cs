using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api;

/// <summary>The fields that operators and tokens have in common.</summary>
internal static class OperatorFields
{
    private static readonly string s_gamesForm = $"must be null, or 1 to {GameLimit.GamesMax} numbers of games";

    public static Role Role(FieldChecks checks, string? text)
    {
        if (!RoleTexts.All.TryParse(text, out var role))
        {
            checks.Refuse("role", $"must be {Encodings.Choices.Of(RoleTexts.All.Texts)}");
        }
        return role;
    }

    public static GameLimit Games(FieldChecks checks, IReadOnlyList<long>? games)
    {
        if (games is not null && (games.Count is 0 or > GameLimit.GamesMax || !games.All(GameLimit.IsGame)))
        {
            checks.Refuse("games", s_gamesForm);
        }
        return GameLimit.Of(games);
    }

    /// <summary>The same out of JSON; null: the field is left out.</summary>
    public static GameLimit? Games(FieldChecks checks, JsonElement games)
    {
        switch (games.ValueKind)
        {
            case JsonValueKind.Undefined:
                return null;
            case JsonValueKind.Null:
                return GameLimit.None;
            case JsonValueKind.Array when games.GetArrayLength() <= GameLimit.GamesMax
                && games.EnumerateArray().All(game => game.ValueKind == JsonValueKind.Number && game.TryGetInt64(out _)):
                return Games(checks, [.. games.EnumerateArray().Select(game => game.GetInt64())]);
            default:
                checks.Refuse("games", s_gamesForm);
                return null;
        }
    }

    /// <summary>The maker's own limit does not reach so far.</summary>
    public static ApiResult Beyond => ApiResult.Invalid("games", "must be games of your own, and not null");
}
