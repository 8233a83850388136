using System.Text.Json;

namespace OrderCenter.Api;

/// <summary>A statement that is fetched from a store. <c>state</c> is waiting, fetched or failed; <c>message</c> is what the last try gave;
/// <c>nextTryAt</c> is null where it is not tried any more; <c>account</c> is the channel's account whose
/// statement it is, where the app has several.</summary>
internal sealed record StatementFetchJson(
    string Id, long GameId, string Channel, string Day, string LastDay, string State, int Failures, string Message,
    string? ReconciliationId, DateTime? NextTryAt, DateTime CreatedAt, DateTime UpdatedAt, string? Account);

/// <summary>Body of <c>POST /statement-fetches</c>.</summary>
internal sealed record StatementFetchRequestJson
{
    public JsonElement GameId { get; init; }

    public string? Channel { get; init; }

    /// <summary>The channel's account whose statement it is; may be left out where there is one.</summary>
    public string? Account { get; init; }

    /// <summary>A day, <c>yyyy-MM-dd</c>; the period that it lies in is fetched.</summary>
    public string? Day { get; init; }

    public string? Reason { get; init; }
}
