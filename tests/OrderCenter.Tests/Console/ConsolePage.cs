namespace OrderCenter.Tests.Console;

/// <summary>A page of the console, as <see cref="All"/> lists it.</summary>
/// <param name="Route">As src/console/src/app/pages.ts has it; the sign-in is in router.tsx.</param>
/// <param name="Address">Below /console, with something to look at.</param>
internal sealed record ConsolePage(string Route, Func<Sample, string> Address)
{
    /// <summary>Every page, once at least: what holds for all pages is tested for each of these. <see cref="PagesTests"/> compares it with the router.</summary>
    public static readonly IReadOnlyList<ConsolePage> All =
    [
        new("/sign-in", _ => "/sign-in?back=%2Forders") { IsForAll = true },
        new("/", _ => "/"),
        new("/alerts", _ => "/alerts"),
        new("/orders", sample => "/orders?gameId=" + sample.GameId),
        new("/orders/:orderId", sample => "/orders/" + sample.OrderId),
        new("/search", _ => "/search?q=" + ConsoleService.PlayerOfTwoGames),
        new("/players/:gameId/:userId", sample => $"/players/{sample.GameId}/{ConsoleService.Player}"),
        new("/callbacks", sample => "/callbacks?gameId=" + sample.GameId),
        new("/callbacks/:id", sample => "/callbacks/" + sample.CallbackId),
        new("/endpoints", sample => "/endpoints?gameId=" + sample.GameId),
        new("/notifications", sample => "/notifications?gameId=" + sample.GameId),
        new("/notifications", sample => "/notifications?id=" + sample.NotificationId) { Name = "/notifications, one" },
        new("/apps", _ => "/apps"),
        new("/apps/:gameId", sample => "/apps/" + sample.GameId),
        new("/reconciliations", sample => "/reconciliations?gameId=" + sample.GameId),
        new("/statement-fetches", sample => "/statement-fetches?gameId=" + sample.GameId),
        new("/reconciliations/:id", sample => "/reconciliations/" + sample.ReconciliationId),
        new("/cards", _ => "/cards"),
        new("/accounts", _ => "/accounts"),
        new("/operators", _ => "/operators"),
        new("/tokens", _ => "/tokens"),
        new("/audit", _ => "/audit"),
        new("/profile", _ => "/profile"),
        new("*", _ => "/no/such/page"),
    ];

    public string Name { get; init; } = Route;

    /// <summary>Whether it is shown without a session.</summary>
    public bool IsForAll { get; init; }
}
