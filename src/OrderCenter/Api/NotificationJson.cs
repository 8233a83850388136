using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>A notification as the native API shows it.</summary>
internal sealed record NotificationJson
{
    public required string Id { get; init; }
    public required string Channel { get; init; }
    public required long GameId { get; init; }

    /// <summary>The store's own id of it.</summary>
    public required string NoticeId { get; init; }

    public required DateTime ReceivedAt { get; init; }

    /// <summary>How often it came.</summary>
    public required int Seen { get; init; }

    /// <summary>waiting, applied, ignored, unclaimed, unapplied, held or failed.</summary>
    public required string State { get; init; }

    public required int Tries { get; init; }
    public DateTime? NextTryAt { get; init; }
    public string? Outcome { get; init; }
    public string? OrderId { get; init; }
    public string? TransactionId { get; init; }
    public DateTime? DoneAt { get; init; }

    /// <summary>Only where one notification is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>As it came; only where one notification is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Body { get; init; }
}
