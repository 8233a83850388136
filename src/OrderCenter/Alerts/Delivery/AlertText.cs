using System.Globalization;
using System.Text;

namespace OrderCenter.Alerts.Delivery;

/// <summary>A message as people read it, in English, in Chinese, or in both.</summary>
internal static class AlertText
{
    private static readonly Dictionary<string, (string English, string Chinese)> s_events = new(StringComparer.Ordinal)
    {
        ["raised"] = ("Alert", "告警"),
        ["escalated"] = ("Alert escalated", "告警升级"),
        ["repeated"] = ("Alert still open", "告警仍未处理"),
        ["recovered"] = ("Recovered", "已恢复"),
        ["test"] = ("Test message", "测试消息"),
    };

    private static readonly Dictionary<string, (string English, string Chinese)> s_units = new(StringComparer.Ordinal)
    {
        ["count"] = ("", ""),
        ["seconds"] = (" s", " 秒"),
        ["milliseconds"] = (" ms", " 毫秒"),
        ["percent"] = (" %", " %"),
        ["hours"] = (" h", " 小时"),
        ["days"] = (" days", " 天"),
    };

    /// <summary>One line.</summary>
    /// <param name="message">The message.</param>
    /// <param name="language"><c>both</c>, <c>en</c> or <c>zh</c>; null: both.</param>
    public static string Title(AlertMessage message, string? language)
    {
        var (english, chinese) = What(message);
        var (eventEnglish, eventChinese) = s_events[message.Event];
        var (inEnglish, inChinese) = ($"[OrderCenter] {eventEnglish}: {english}", $"[OrderCenter] {eventChinese}：{chinese}");
        return language switch
        {
            "en" => inEnglish,
            "zh" => inChinese,
            _ => $"{inEnglish} / {eventChinese}：{chinese}",
        };
    }

    /// <summary>Several messages as one text.</summary>
    public static string Write(IReadOnlyList<AlertMessage> messages, string? language) =>
        string.Join("\n\n", messages.Select(message => Write(message, language)));

    private static string Write(AlertMessage message, string? language)
    {
        var text = new StringBuilder();
        if (language != "zh")
        {
            Write(text, message, isChinese: false);
        }
        if (language != "en")
        {
            text.Append(text.Length > 0 ? "\n" : "");
            Write(text, message, isChinese: true);
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, AlertMessage message, bool isChinese)
    {
        text.Append(Title(message, isChinese ? "zh" : "en"));
        if (message.Event == AlertTexts.Telling[AlertTelling.Test])
        {
            return;
        }
        var unit = s_units.GetValueOrDefault(message.Unit);
        var (suffix, colon) = isChinese ? (unit.Chinese, "：") : (unit.English, ": ");
        void Line(string english, string chinese, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append('\n').Append(isChinese ? chinese : english).Append(colon).Append(value);
            }
        }
        var isCritical = message.Severity == AlertTexts.Severity[AlertSeverity.Critical];
        Line("Severity", "级别", isChinese ? (isCritical ? "严重" : "警告") : message.Severity);
        Line("Game", "游戏", message.GameId is { } game ? $"{game} {message.GameName}".TrimEnd() : null);
        Line("Subject", "对象", message.Subject);
        var (value, threshold) = ($"{message.Value}{suffix}", $"{message.Threshold}{suffix}");
        Line("Value", "当前值", isChinese ? $"{value}（阈值 {threshold}）" : $"{value} (threshold {threshold})");
        Line("Detail", "说明", message.Detail);
        Line("Since", "开始时间", Time(message.RaisedMs));
        Line("Condition", "条件", message.Condition);
        Line("Runbook", "处理手册", isChinese ? message.Runbook?.Replace(".md", ".zh-CN.md", StringComparison.Ordinal) : message.Runbook);
        Line("Alert", "告警编号", message.AlertId);
    }

    private static (string English, string Chinese) What(AlertMessage message) =>
        AlertConditions.Find(message.Condition) is { } condition ? (condition.English, condition.Chinese)
        : message.Event == AlertTexts.Telling[AlertTelling.Test] ? ("this sink works", "该接收方可用")
        : (message.Condition, message.Condition);

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
