namespace OrderCenter.Alerts.Settings;

/// <summary>The kinds of sinks, as they are named in settings.</summary>
public static class SinkKind
{
    public const string DingTalk = "dingtalk";
    public const string WeCom = "wecom";
    public const string Feishu = "feishu";
    public const string Smtp = "smtp";
    public const string Webhook = "webhook";

    public static IReadOnlyList<string> All { get; } = [DingTalk, WeCom, Feishu, Smtp, Webhook];
}
