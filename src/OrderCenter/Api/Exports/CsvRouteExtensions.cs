using OrderCenter.Api.Authorization;
using OrderCenter.Operators;

namespace OrderCenter.Api.Exports;

internal static class CsvRouteExtensions
{
    public const string MediaType = "text/csv";

    /// <summary>Says that a route is the CSV of a list: for whoever may export, and may read the list.</summary>
    public static RouteHandlerBuilder AsCsv(this RouteHandlerBuilder route, GameSource game, string what, Role role = Role.Finance) =>
        route.For(role, game)
            .WithSummary($"{what}, as CSV: all that the filters find, in the order of the list; kept in the audit log")
            .Produces<string>(StatusCodes.Status200OK, MediaType).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
