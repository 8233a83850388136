namespace OrderCenter.Alerts.Delivery;

/// <summary>A text for a robot of DingTalk, and, in the same form, of WeCom.</summary>
internal sealed record DingTalkBody(DingTalkText Text)
{
    public string Msgtype { get; init; } = "text";
}

/// <param name="Content">The text.</param>
internal sealed record DingTalkText(string Content);
