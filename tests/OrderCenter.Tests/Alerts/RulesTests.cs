using System.Text;
using System.Text.Json;
using OrderCenter.Alerts;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Settings;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Alerts;

/// <summary>The rules of alerts without a service: signatures, masks, thresholds, waits, texts.</summary>
public sealed class RulesTests
{
    private const long NowMs = 1_769_300_000_123;

    /// <summary>Computed by Python, as the documents of both platforms do it there.</summary>
    [Fact]
    public void The_robots_signatures_are_those_of_another_implementation()
    {
        var dingTalk = SinkRequest.Of(
            new AlertSink { Name = "d", Kind = "dingtalk", Url = "https://oapi.example/robot/send?access_token=t", Secret = "SEC0123456789abcdef+/=" }, [Message()], NowMs);
        Assert.Equal("https://oapi.example/robot/send?access_token=t&timestamp=1769300000123&sign=PyYzrKH8aEvZid176bZUx3uDjmoXw%2FQsGXjlwGTtf44%3D", dingTalk.Url);
        var feishu = SinkRequest.Of(new AlertSink { Name = "f", Kind = "feishu", Url = "https://open.example/hook/x", Secret = "feishu-secret-测试" }, [Message()], NowMs);
        var body = JsonDocument.Parse(feishu.Body).RootElement;
        Assert.Equal(("1769300000", "rb6s4MPfMvfWSUa3ryJNrJu59u6oKbYj2HrvWIjele0="), (body.GetProperty("timestamp").GetString(), body.GetProperty("sign").GetString()));
        Assert.Equal("text", body.GetProperty("msg_type").GetString());
    }

    [Fact]
    public void A_robot_without_a_secret_gets_no_signature()
    {
        var dingTalk = SinkRequest.Of(new AlertSink { Name = "d", Kind = "dingtalk", Url = "https://oapi.example/send?access_token=t" }, [Message()], NowMs);
        Assert.Equal("https://oapi.example/send?access_token=t", dingTalk.Url);
        var feishu = SinkRequest.Of(new AlertSink { Name = "f", Kind = "feishu", Url = "https://open.example/hook/x" }, [Message()], NowMs);
        Assert.Equal(["content", "msg_type"], JsonDocument.Parse(feishu.Body).RootElement.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_text_for_wecom_is_cut_between_characters_to_what_it_takes()
    {
        var messages = Enumerable.Repeat(Message() with { Detail = new string('长', 400) }, 10).ToList();
        var request = SinkRequest.Of(new AlertSink { Name = "w", Kind = "wecom", Url = "https://qyapi.example/send?key=k" }, messages, NowMs);
        var text = JsonDocument.Parse(request.Body).RootElement.GetProperty("text").GetProperty("content").GetString()!;
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 2000, 2048);
        Assert.EndsWith("…", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', text);
    }

    [Theory]
    [InlineData("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc", "https://oapi.dingtalk.com/robot/send?access_token=***")]
    [InlineData("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abc", "https://open.feishu.cn/open-apis/bot/v2/hook/***")]
    [InlineData("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc&debug=1", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=***&debug=***")]
    [InlineData("webhook", "https://alerts.example.com:8443/in", "https://alerts.example.com:8443/***")]
    public void A_mask_hides_the_key_and_comes_back_as_what_it_hid(string kind, string url, string shown)
    {
        var sink = new AlertSink { Name = "s", Kind = kind, Url = url, Secret = "0123456789" };
        var masked = SinkSecrets.Masked(sink);
        Assert.Equal((shown, "***"), (masked.Url, masked.Secret));
        Assert.Null(SinkSecrets.Restore(masked, sink, out var restored));
        Assert.Equal(sink, restored);
        Assert.Equal("url", SinkSecrets.Restore(masked, sink with { Url = "https://other.example/" }, out _));
        Assert.Equal("secret", SinkSecrets.Restore(masked with { Url = "https://other.example/" }, sink, out _));
        Assert.NotNull(SinkSecrets.Restore(masked, stored: null, out _));
    }

    [Fact]
    public void A_password_goes_to_no_other_mail_server_and_not_unencrypted()
    {
        var sink = new AlertSink { Name = "m", Kind = "smtp", Smtp = new SmtpSettings { Host = "mail.example", UserName = "u", Password = "secret-password" } };
        var masked = SinkSecrets.Masked(sink);
        Assert.Equal("***", masked.Smtp!.Password);
        Assert.Null(SinkSecrets.Restore(masked, sink, out var restored));
        Assert.Equal(sink, restored);
        foreach (var other in new[] { masked.Smtp with { Host = "other.example" }, masked.Smtp with { Port = 25 }, masked.Smtp with { Security = "none" } })
        {
            Assert.Equal("smtp.password", SinkSecrets.Restore(masked with { Smtp = other }, sink, out _));
        }
        Assert.DoesNotContain("secret-password", $"{sink} {sink.Smtp}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_set_for_a_game_counts_before_what_is_set_for_all()
    {
        var (condition, thresholds) = (AlertConditions.CallbacksWaiting, new AlertThresholds(
        [
            new("callbacks.waiting", null, 600, false), new("callbacks.waiting", 1, 7200, false), new("callbacks.waiting", 2, null, true),
        ]));
        Assert.Equal([600L, 7200L, null, 600L], new long[] { 0, 1, 2, 3 }.Select(game => thresholds.Of(condition, game)));
        Assert.Equal(condition.Threshold, AlertThresholds.Unset.Of(condition, 1));
        Assert.False(thresholds.Holds(AlertFact.OfGame(condition, 2, long.MaxValue)));
        Assert.True(thresholds.Holds(AlertFact.OfGame(condition, 3, 600)));
        Assert.True(AlertThresholds.Unset.Holds(new AlertFact(AlertConditions.DiskSpace, "n", 0, 10)));
        Assert.False(AlertThresholds.Unset.Holds(new AlertFact(AlertConditions.DiskSpace, "n", 0, 11)));
    }

    [Fact]
    public void An_alert_is_told_again_after_half_an_hour_then_after_hours_that_double_up_to_a_day()
    {
        var options = new AlertOptions();
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 24, 24], Enumerable.Range(1, 8).Select(told => options.NextMs(told, 0) / 3_600_000.0));
    }

    [Fact]
    public void Every_condition_has_a_name_of_its_own_and_texts_in_both_languages()
    {
        Assert.Equal(AlertConditions.All.Count, AlertConditions.Names.Distinct(StringComparer.Ordinal).Count());
        foreach (var condition in AlertConditions.All)
        {
            Assert.Matches("^[a-z]+\\.[a-zA-Z]+$", condition.Name);
            Assert.DoesNotContain(condition.English, letter => letter > 126);
            Assert.Contains(condition.Chinese, letter => letter is >= '\u4e00' and <= '\u9fff');
            Assert.InRange(condition.Threshold, 0, condition.ThresholdMax);
            foreach (var document in new[] { "alerts.md", "alerts.zh-CN.md" })
            {
                Assert.Contains($"`{condition.Name}`", File.ReadAllText(Path.Combine(Repository.Root, "docs", document)), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("en", true, false)]
    [InlineData("zh", false, true)]
    [InlineData("both", true, true)]
    [InlineData(null, true, true)]
    public void A_text_is_in_the_language_of_its_sink(string? language, bool isEnglish, bool isChinese)
    {
        var text = AlertText.Write([Message()], language);
        Assert.Equal((isEnglish, isChinese), (text.Contains("Severity: warning", StringComparison.Ordinal), text.Contains("级别：警告", StringComparison.Ordinal)));
    }

    private static AlertMessage Message()
    {
        var fact = new AlertFact(AlertConditions.DiskSpace, "node-1 /data", GameId: 0, 5, "5 MiB of 100 MiB are free");
        return AlertMessage.Of(AlertWriter.New("0123", fact, 10, NowMs, null), AlertTelling.Raised, gameName: null, NowMs);
    }
}
