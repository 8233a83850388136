namespace OrderCenter.Api;

/// <summary>A callback as the native API shows it.</summary>
internal sealed record CallbackJson(
    string Id, string OrderId, long GameId, string Event, string Url, string Status, DateTime? NextAttemptAt,
    IReadOnlyList<AttemptJson> Attempts);
