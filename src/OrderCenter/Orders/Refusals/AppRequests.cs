namespace OrderCenter.Orders.Refusals;

/// <summary>The requests that are limited together.</summary>
/// <param name="Kind">Who sends them.</param>
/// <param name="GameId">The app; 0: those that do not exist. They share one limit, so that the response does not show which exist.</param>
public readonly record struct AppRequests(RequestKind Kind, long GameId);
