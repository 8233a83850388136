using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>What a process writes on its console, and what it refuses to start on.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-start-").FullName;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private (string, string) Database => ("ConnectionStrings__OrderCenter", $"Data Source={Path.Combine(_directory, "o.db")}");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Database Open(DatabaseOptions options) => new(options, TimeProvider.System, NullLoggerFactory.Instance);

    [Fact]
    public async Task The_version_is_printed_and_nothing_starts()
    {
        var (code, output) = await ServerProcess.RunAsync(["--version"], Database);
        Assert.Equal(0, code);
        Assert.Matches("^ordercenter \\d+\\.\\d+\\.\\d+[^\\s]*\\n$", output);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_database_in_use_is_one_line()
    {
        await using var first = await ServerProcess.StartAsync(new("sqlite", Database.Item2));
        var (code, output) = await ServerProcess.RunAsync(Database);
        Assert.Equal(1, code);
        Assert.StartsWith("the database at", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_one_line()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (code, output) = await ServerProcess.RunAsync([$"--urls=http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"], Database);
        listener.Stop();
        Assert.Equal(1, code);
        Assert.StartsWith("setting urls: ", Lines(output)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_under_another_key_is_one_line()
    {
        await using (var first = await ServerProcess.StartAsync(new("sqlite", Database.Item2)))
        {
            await first.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = "B8899E2039DF87E2" });
            await first.StopAsync();
        }
        var (code, output) = await ServerProcess.RunAsync(Database, ("Secrets__MasterKey", Convert.ToBase64String(new byte[32])));
        Assert.Equal(1, code);
        Assert.Contains("was encrypted with key", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://x")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke")]
    [InlineData("Limits__BytesBeingRead", "1000")]
    [InlineData("Limits__FailuresPerMinutePerAddress", "-1")]
    public async Task A_setting_that_is_no_such_thing_is_one_line(string name, string value)
    {
        var (code, output) = await ServerProcess.RunAsync(Database, (name, value));
        Assert.Equal(1, code);
        Assert.StartsWith($"setting {name.Replace("__", ":", StringComparison.Ordinal)} is '{value}'; allowed: ", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_strangers_are_escaped_on_the_console()
    {
        await using var server = await ServerProcess.StartAsync(new("sqlite", Database.Item2));
        await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = "B8899E2039DF87E2" });
        var game = new OrderApiGame(server.Http, "1001", "B8899E2039DF87E2", TimeProvider.System);
        var reply = await game.CreateAsync(game.NewOrder("gems\r\n2026 order 1 paid\u001b[2K\u009b31m\u202e", "6.5", "u"), Now);
        Assert.Equal(0, reply.ResultCode);
        await Platforms.Eventually(() => Task.FromResult(server.Output.Any(line => line.Contains(reply.PlatOrderId, StringComparison.Ordinal))));
        var line = Assert.Single(server.Output, line => line.Contains(reply.PlatOrderId + " created", StringComparison.Ordinal));
        Assert.Contains("product gems\\r\\n2026 order 1 paid\\u001b[2K\\u009b31m\\u202e, 6.5", line, StringComparison.Ordinal);
        Assert.All(server.Output, one => Assert.DoesNotContain(one, char.IsControl));
    }

    [Fact]
    public async Task Slow_bodies_by_the_hundred_take_no_more_memory_than_is_set()
    {
        const int Most = 16 * 1024 * 1024;
        await using var server = await ServerProcess.StartAsync(new("sqlite", Database.Item2), ("Limits__BytesBeingRead", Most.ToString()));
        var before = server.PeakMegabytes;
        var slow = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ =>
            SlowBody.BeginAsync(server.Http.BaseAddress!, "/ordercenter/valiorder", 2 * 1024 * 1024, "application/x-www-form-urlencoded", Now)));
        await Parallel.ForEachAsync(slow, Now, async (one, cancellationToken) => await one.SendAsync(496 * 1024, cancellationToken));
        await Platforms.Eventually(() => Task.FromResult(slow.Any(one => one.IsAnswered)));
        Assert.StartsWith("HTTP/1.1 503", await slow.First(one => one.IsAnswered).AnswerAsync(Now), StringComparison.Ordinal);
        using var alive = await server.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        foreach (var one in slow)
        {
            one.Dispose();
        }
        Assert.InRange(server.PeakMegabytes - before, 0, 150);
    }

    [Fact]
    public async Task The_demo_refuses_a_database_that_it_did_not_make()
    {
        await using (var real = await ServerProcess.StartAsync(new("sqlite", Database.Item2)))
        {
            await real.StopAsync();
        }
        var (code, output) = await ServerProcess.RunAsync(["demo", "--urls=http://127.0.0.1:0"], Database, ("ASPNETCORE_ENVIRONMENT", "Development"));
        Assert.Equal(1, code);
        Assert.Contains("was not made by the demo", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task The_demo_refuses_every_environment_but_Development(string environment)
    {
        var (code, output) = await ServerProcess.RunAsync(["demo", "--urls=http://127.0.0.1:0"], ("ASPNETCORE_ENVIRONMENT", environment), Database);
        Assert.Equal(1, code);
        Assert.StartsWith($"the environment is '{environment}'", Assert.Single(Lines(output)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task The_demo_opens_what_it_made_and_nobody_has_used()
    {
        using var database = new TestDatabase();
        foreach (var isDemo in new[] { true, true, false, true })
        {
            await using var store = Open(database.Options with { IsDemo = isDemo });
            await store.OpenAsync(Now);
        }
        using var other = new TestDatabase();
        await using (var real = Open(other.Options))
        {
            await real.OpenAsync(Now);
        }
        await using var demo = Open(other.Options with { IsDemo = true });
        var refusal = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => demo.OpenAsync(Now));
        Assert.Contains("was not made by the demo", refusal.Message, StringComparison.Ordinal);
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
