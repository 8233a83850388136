namespace OrderCenter.Api.Live;

/// <summary>The data of an event <c>changes</c>: what changed since the one before.</summary>
/// <param name="Orders">The orders that changed last, the newest last: at most 50.</param>
/// <param name="Count">How many changes of orders there were.</param>
/// <param name="More">Whether orders changed that are not listed.</param>
/// <param name="Callbacks">Whether callbacks changed, or are about to.</param>
/// <param name="Work">Whether what <c>GET /work</c> counts has changed.</param>
/// <param name="Alerts">Whether an alert was opened, told of again, acknowledged, or is over.</param>
internal sealed record LiveJson(IReadOnlyList<LiveOrderJson> Orders, long Count, bool More, bool Callbacks, bool Work, bool Alerts);

/// <summary>An order that changed.</summary>
/// <param name="Id">The order.</param>
/// <param name="GameId">Its game.</param>
/// <param name="Event">What happened last, as in the change feed: <c>order.paid</c>.</param>
internal sealed record LiveOrderJson(string Id, long GameId, string Event);
