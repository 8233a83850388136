using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

internal static class AccessRuleExtensions
{
    /// <summary>Says who may call an endpoint, and how its game is known.</summary>
    public static RouteHandlerBuilder For(this RouteHandlerBuilder route, Role role, GameSource game) =>
        route.WithMetadata(new AccessRule(role, game)).ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>Says that whoever has a session may call it, about himself.</summary>
    public static RouteHandlerBuilder ForOneself(this RouteHandlerBuilder route, bool allowsFirstPassword) =>
        route.WithMetadata(new AccessRule(Role: null, GameSource.None) { AllowsFirstPassword = allowsFirstPassword });

    /// <summary>Says that anybody may call it.</summary>
    public static RouteHandlerBuilder ForAnybody(this RouteHandlerBuilder route) =>
        route.WithMetadata(new AccessRule(Role: null, GameSource.None, IsOpen: true));
}
