namespace OrderCenter.Api;

/// <summary>A callback as the native API shows it. Kind: <c>callback</c>, sent as the protocol of its app; <c>event</c>, told at the app's
/// <c>eventsUrl</c>.</summary>
internal sealed record CallbackJson(
    string Id, string OrderId, long GameId, string Kind, string Event, string Url, string Status, DateTime? NextAttemptAt,
    IReadOnlyList<AttemptJson> Attempts);
