using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Alerts;
using OrderCenter.Callbacks;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Deploy;

/// <summary>The alert rules and the dashboard ask for what a running service exposes, and every alert leads to a page that says what to do.</summary>
[Collection(OneServiceAtATime.Name)]
public sealed partial class MetricNamesTests(Service service) : IClassFixture<Service>
{
    /// <summary>What others expose: Prometheus itself, its node exporter and its blackbox exporter.</summary>
    private static readonly string[] s_foreign = ["up", "probe_success", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"];

    private static readonly string[] s_words =
    [
        "sum", "max", "min", "avg", "count", "topk", "rate", "increase", "max_over_time", "min_over_time", "avg_over_time", "histogram_quantile", "clamp_min", "abs", "absent",
        "predict_linear", "label_values", "by", "without", "and", "or", "unless", "on", "ignoring", "group_left", "bool", "vector", "offset",
    ];

    public static TheoryData<string> Files() => ["prometheus/alerts.yaml", "grafana/ordercenter.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_series_that_is_asked_for_is_exposed_by_a_running_service(string file)
    {
        var expressions = file.EndsWith(".json", StringComparison.Ordinal) ? OfDashboard(file) : [.. Alerts().Select(alert => alert.Expression)];
        Assert.True(expressions.Count >= 10, $"{expressions.Count} expressions in {file}");

        // A histogram is exposed with its first value; calls to stores are counted by .NET's own client, which this test uses too.
        service.Services.GetRequiredService<CallbackMetrics>().CountAttempt(AttemptEffect.Rescheduled, durationMs: 5);
        using (await service.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken))
        {
        }

        // The counts of what waits are reported once they have been read for the first time.
        var text = "";
        for (var i = 0; i < 500 && !text.Contains("\nordercenter_work_open{", StringComparison.Ordinal); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(i == 0 ? 0 : 20), TimeProvider.System, TestContext.Current.CancellationToken);
            text = await service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        }
        Assert.All(expressions, expression =>
        {
            Assert.All(NamesIn(expression), name => Assert.True(
                s_foreign.Contains(name) || text.Contains("\n" + name + "{", StringComparison.Ordinal), $"{name} of {expression} is exposed by nobody"));
            foreach (Match matcher in OwnMatcher().Matches(expression))
            {
                foreach (Match label in Label().Matches(matcher.Groups["labels"].Value))
                {
                    Assert.True(
                        text.Split('\n').Any(line => line.StartsWith(matcher.Groups["name"].Value + "{", StringComparison.Ordinal) && line.Contains(label.Value, StringComparison.Ordinal)),
                        $"{label.Value} of {expression} is not a value that {matcher.Groups["name"].Value} has");
                }
            }
        });
    }

    [Fact]
    public void Every_alert_has_a_page_in_both_languages_that_says_what_to_do()
    {
        var alerts = Alerts();
        Assert.True(alerts.Count >= 12);
        Assert.Equal(alerts.Count, alerts.Select(alert => alert.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(alerts, alert =>
        {
            Assert.Contains(alert.Severity, new[] { "critical", "warning" });
            Assert.NotEmpty(alert.For);
            Assert.NotEmpty(alert.Summary);
            Assert.EndsWith($"/docs/runbooks/{alert.Name}.md", alert.Runbook, StringComparison.Ordinal);
            HasPage(alert.Name);
        });
        Assert.All(AlertConditions.All, condition => HasPage(condition.Runbook));
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "runbooks"), "*.md").Select(path => Path.GetFileName(path).Split('.')[0])
            .Where(name => name != "README").Distinct(StringComparer.Ordinal);
        var all = alerts.Select(alert => alert.Name).Union(AlertConditions.All.Select(condition => condition.Runbook), StringComparer.Ordinal);
        Assert.Equal(all.Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    private static void HasPage(string alert)
    {
        foreach (var (name, sections) in new[] { ($"{alert}.md", new[] { "## What it means", "## What to look at", "## What to do" }), ($"{alert}.zh-CN.md", ["## 含义", "## 查看什么", "## 怎么处理"]) })
        {
            var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "runbooks", name));
            Assert.All(sections, section => Assert.Contains(section, page, StringComparison.Ordinal));
        }
    }

    private static List<(string Name, string Expression, string For, string Severity, string Summary, string Runbook)> Alerts() =>
    [
        .. Yaml.Read("prometheus/alerts.yaml").Single().List("groups").SelectMany(group => group.List("rules")).Select(rule => (
            rule.Text("alert") ?? "", rule.Text("expr") ?? "", rule.Text("for") ?? "", rule.Text("labels/severity") ?? "", rule.Text("annotations/summary") ?? "",
            rule.Text("annotations/runbook_url") ?? "")),
    ];

    private static List<string> OfDashboard(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Yaml.Folder, file)));
        return
        [
            .. document.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!),
            .. document.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Where(variable => variable.GetProperty("type").GetString() == "query")
                .Select(variable => variable.GetProperty("query").GetString()!),
        ];
    }

    /// <summary>The names of series: what is left without texts, label matchers, label lists, ranges, numbers and the words of the language.</summary>
    private static List<string> NamesIn(string expression)
    {
        var rest = NoSeries().Replace(expression, " ");
        return [.. Identifier().Matches(rest).Select(match => match.Value).Where(name => !s_words.Contains(name)).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex("""\{[^{}]*\}|"[^"]*"|\[[^\]]*\]|\b(by|without|on|ignoring|group_left) *\([^()]*\)|,\s*[a-z_]+\s*\)(?=\s*$)|\b[0-9.]+([smhde][0-9.]*)*\b""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoSeries();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex("""(?<name>ordercenter_[a-z_]+)\{(?<labels>[^{}]*)\}""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnMatcher();

    /// <summary>With a value of its own: no pattern, no negation, no variable of the dashboard.</summary>
    [GeneratedRegex("""[a-z_]+="[^"$]+"(?=,|$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
