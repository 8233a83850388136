using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

/// <summary>Metadata of every endpoint of the native API: who may call it. An endpoint without it answers nobody.</summary>
/// <param name="Role">The least role; null: whoever has a session, or, where <paramref name="IsOpen"/>, anybody.</param>
/// <param name="Game">How the game is known.</param>
/// <param name="IsOpen">Whether it is called before there is a session: signing in.</param>
internal sealed record AccessRule(Role? Role, GameSource Game, bool IsOpen = false)
{
    /// <summary>Whether a session may call it whose first password is not changed yet.</summary>
    public bool AllowsFirstPassword { get; init; }

    /// <summary>For the OpenAPI document.</summary>
    public string Description => IsOpen ? "Needs no token and no session."
        : Role is { } role ? $"Needs the role {RoleTexts.All[role]} or a higher one."
        : "Needs a session.";
}
