using System.Collections.Concurrent;
using System.Diagnostics;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>The service as its users start and lose it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-process-").FullName;
    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory, "o.db");

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _database.Dispose();
    }

    [Fact]
    public async Task The_description_of_the_native_api_is_there_in_the_program_as_it_is_shipped()
    {
        await using var server = await ServerProcess.StartAsync(_database.Options);
        using var response = await server.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Now);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("/api/v1/reconciliations", await response.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate", 1)]
    [InlineData("--help", 0)]
    public async Task What_is_no_command_starts_nothing(string argument, int exit) => Assert.Equal(exit, await Program.Main([argument]));

    [Fact]
    public async Task Killed_under_load_it_loses_no_acknowledged_order()
    {
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        for (var round = 0; round < 5; round++)
        {
            await using var server = await ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
            await server.PutAppAsync("1001", new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
            var game = new OrderApiGame(server.Http, "1001", "kkkkkkkkkkkkkkkk", TimeProvider.System);
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var until = acknowledged.Count + 300;
            var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    var orderId = "A" + Interlocked.Increment(ref number);
                    try
                    {
                        var reply = await game.CreateAsync(game.NewOrder("p", "6.5", "u", orderId), Now);
                        Assert.Equal(0, reply.ResultCode);
                        acknowledged[orderId] = reply.PlatOrderId;
                    }
                    catch (Exception gone) when (gone is HttpRequestException or IOException)
                    {
                        return;
                    }
                    if (acknowledged.Count >= until)
                    {
                        enough.TrySetResult();
                    }
                }
            })).ToList();
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(30), Now);
            await server.KillAsync();
            await Task.WhenAll(clients);
        }

        await using var after = await ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));
        var asking = new OrderApiGame(after.Http, "1001", "kkkkkkkkkkkkkkkk", TimeProvider.System);
        Assert.True(acknowledged.Count >= 1500);
        await Parallel.ForEachAsync(acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Now }, async (order, cancellationToken) =>
        {
            var reply = await asking.QueryAsync(order.Value, cancellationToken);
            Assert.Equal((0, order.Key), (reply.ResultCode, reply.Data.GetProperty("orderID").GetString()));
        });
    }

    [Fact]
    public async Task Told_to_stop_it_ends_cleanly_and_soon()
    {
        await using var server = await ServerProcess.StartAsync(_database.Options);
        Assert.True(await server.StopAsync() < TimeSpan.FromSeconds(10));
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_with_one_line_each()
    {
        var (code, output) = await ServerProcess.RunAsync(
            ("Storage__Engine", "oracle"), ("Admin__Token", "short"), ("Secrets__MasterKey", "xyz"), ("Limits__RequestsPerSecondPerApp", "-1"), ("ForwardedHeaders__KnownNetworks", "10.0.0.0/8,nonsense"));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1, code);
        foreach (var key in new[] { "Storage:Engine is 'oracle'; allowed: sqlite", "Admin:Token is '***'", "Secrets:MasterKey is '***'", "Limits:RequestsPerSecondPerApp is '-1'", "ForwardedHeaders:KnownNetworks is 'nonsense'" })
        {
            Assert.Single(lines, line => line.Contains(key, StringComparison.Ordinal) && line.Contains("allowed:", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("xyz", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_a_missing_master_key_is_a_clear_error()
    {
        var (code, output) = await ServerProcess.RunAsync(("Secrets__MasterKey", ""), ("ConnectionStrings__OrderCenter", "Data Source=" + Database));
        Assert.Equal(1, code);
        Assert.Contains("setting Secrets:MasterKey is not set", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_has_orders_flowing_and_every_answer_is_as_it_should_be()
    {
        using var demo = Process.Start(ServerProcess.Command("demo", "--urls=http://127.0.0.1:0", $"--ConnectionStrings:OrderCenter=Data Source={Database}"))!;
        try
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
            patience.CancelAfter(TimeSpan.FromSeconds(90));
            string[] words = ["paid and delivered", "refused", "with Alipay", "with WeChat Pay"];
            while (seen.Count < words.Length && await demo.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                Assert.DoesNotContain("not what it should be", line, StringComparison.Ordinal);
                foreach (var word in words)
                {
                    if (line.Contains(word, StringComparison.Ordinal))
                    {
                        seen.Add(word);
                    }
                }
            }
            Assert.Equal(words.Length, seen.Count);
        }
        finally
        {
            demo.Kill();
            await demo.WaitForExitAsync(CancellationToken.None);
        }
    }
}
