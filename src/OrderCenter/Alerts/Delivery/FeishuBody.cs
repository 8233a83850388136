using System.Text.Json.Serialization;

namespace OrderCenter.Alerts.Delivery;

/// <summary>A text for a robot of Feishu.</summary>
/// <param name="Timestamp">Seconds since 1970, as text; null: the robot has no secret.</param>
/// <param name="Sign">The signature over it.</param>
/// <param name="Content">The text.</param>
internal sealed record FeishuBody(string? Timestamp, string? Sign, FeishuText Content)
{
    [JsonPropertyName("msg_type")]
    public string MessageType { get; init; } = "text";
}

/// <param name="Text">The text.</param>
internal sealed record FeishuText(string Text);
