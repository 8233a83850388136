using System.Text.RegularExpressions;
using OrderCenter.Tests.Client;
using YamlDotNet.RepresentationModel;

namespace OrderCenter.Tests.Deploy;

/// <summary>The systemd unit, the compose files and the settings that they use.</summary>
public sealed partial class UnitTests
{
    /// <summary>In tenths, of 100; 12 when this was written. What is left is the network, which a service needs.</summary>
    private const int ExposureMax = 15;

    private static string Unit => Path.Combine(Yaml.Folder, "systemd", "ordercenter.service");

    [Fact]
    public async Task The_unit_is_valid_and_exposes_little()
    {
        var (offline, report) = await Shell.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", $"--threshold={ExposureMax}", Unit);
        Assert.SkipWhen(report.Contains("unrecognized option", StringComparison.Ordinal), "this systemd-analyze is too old: 250 or later");
        Assert.True(offline == 0, report);

        // The program is not installed here; everything else is checked as it is.
        var directory = Directory.CreateTempSubdirectory("ordercenter-unit-");
        try
        {
            var copy = Path.Combine(directory.FullName, "ordercenter.service");
            await File.WriteAllTextAsync(
                copy, (await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken)).Replace("/usr/lib/ordercenter/ordercenter", "/bin/true", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);
            var (verified, faults) = await Shell.RunAsync("systemd-analyze", "verify", "--man=no", copy);
            Assert.True(verified == 0 && !faults.Contains("ordercenter.service", StringComparison.Ordinal), faults);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("compose.yaml", 1)]
    [InlineData("compose-cluster.yaml", 3)]
    public void Compose_files_check_the_health_of_every_part_and_hold_no_secret(string file, int nodes)
    {
        var compose = Yaml.Read(file).Single();
        var services = compose.Map("services");
        Assert.All(services, service =>
        {
            Assert.NotEmpty(service.Value.List("healthcheck/test"));
            Assert.NotNull(service.Value.Text("image"));
            Assert.All(service.Value.Map("environment"), pair => Assert.True(
                !SecretName().IsMatch(pair.Key) || pair.Key.EndsWith("_FILE", StringComparison.Ordinal), $"{file} sets {pair.Key}"));
            Assert.All(service.Value.List("ports"), port => Assert.StartsWith("127.0.0.1:", ((YamlScalarNode)port).Value, StringComparison.Ordinal));
        });
        var ours = services.Where(service => service.Value.Text("image")!.StartsWith("ordercenter:", StringComparison.Ordinal)).ToList();
        Assert.Equal(nodes, ours.Count);
        Assert.All(ours, node =>
        {
            Assert.Equal("true", node.Value.Text("read_only"));
            Assert.Equal("ALL", node.Value.Text("cap_drop/0"));
            Assert.Equal("ordercenter.env", node.Value.Text("env_file/0"));
            Assert.Equal("ready", node.Value.Text("healthcheck/test/2"));
        });
        if (nodes > 1)
        {
            var proxy = File.ReadAllText(Path.Combine(Yaml.Folder, "haproxy.cfg"));
            Assert.Equal(ours.Select(node => $"{node.Key} {node.Key}:5080"), ServerLine().Matches(proxy).Select(line => line.Groups["what"].Value));
            Assert.Contains("uri /healthz/ready", proxy, StringComparison.Ordinal);

            // /notify/../metrics would be let through as a store's notification, and be /metrics to the node.
            var dots = DotRule().Match(proxy).Groups["regex"].Value;
            Assert.All(
                ["/notify/../metrics", "/cp/%2e%2E/console/", "/ordercenter/.%2e/api/v1/session", "/notify/.", "/notify/..%2fmetrics"],
                path => Assert.Matches(new Regex(dots, RegexOptions.IgnoreCase), path));
            Assert.All(
                ["/ordercenter/createorder", "/notify/google/1001.2", "/openapi/order/check", "/cp/a..b/c"],
                path => Assert.DoesNotMatch(new Regex(dots, RegexOptions.IgnoreCase), path));
            Assert.Contains("http-request deny deny_status 404 if dots or escaped_slash", proxy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Alerts_fire_where_their_cause_is_there_and_nowhere_else()
    {
        var (code, output) = await Shell.RunAsync("promtool", "test", "rules", Path.Combine(Yaml.Folder, "prometheus", "alerts.test.yaml"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Every_setting_that_is_used_is_described()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operating.md"));
        var used = Directory.EnumerateFiles(Yaml.Folder, "*", SearchOption.AllDirectories)
            .SelectMany(file => SettingName().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(used.Count >= 4, string.Join(", ", used));
        Assert.All(used, name => Assert.Contains(name, guide, StringComparison.Ordinal));
    }

    [GeneratedRegex("(?i)password|secret|token|masterkey|connectionstrings", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^\s+server (?<what>\S+ \S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex ServerLine();

    [GeneratedRegex(@"acl dots path_reg -i (?<regex>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DotRule();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__[A-Za-z]+\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SettingName();
}
