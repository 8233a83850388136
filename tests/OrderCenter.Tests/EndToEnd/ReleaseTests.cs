using System.Diagnostics;
using System.Security.Cryptography;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>The folder that publish.sh makes, on another path and without an environment; only where the tests run against it.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly TimeSpan DemoMax = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter release ").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_demo_runs_from_a_copy_of_the_folder()
    {
        Assert.SkipWhen(ServerProcess.Native is null, "publish.sh has not made a release folder for this run");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ServerProcess.Native!)!))
        {
            File.Copy(file, Path.Combine(_directory, Path.GetFileName(file)));
        }
        var work = Directory.CreateDirectory(Path.Combine(_directory, "work")).FullName;
        var start = new ProcessStartInfo(Path.Combine(_directory, "ordercenter"), ["demo", "--urls=http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = work,
        };
        start.Environment.Clear();
        using var demo = Process.Start(start)!;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(DemoMax);
            var hasDelivered = false;
            while (!hasDelivered && await demo.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                hasDelivered = line.Contains("paid and delivered", StringComparison.Ordinal);
            }
            Assert.True(hasDelivered, demo.HasExited ? await demo.StandardError.ReadToEndAsync(CancellationToken.None) : "nothing was delivered");
        }
        finally
        {
            demo.Kill();
            await demo.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_folder_has_its_checksums_and_the_licence_of_every_package()
    {
        Assert.SkipWhen(ServerProcess.Native is null, "publish.sh has not made a release folder for this run");
        var folder = Path.GetDirectoryName(ServerProcess.Native!)!;
        var sums = (await File.ReadAllLinesAsync(Path.Combine(folder, "SHA256SUMS"), TestContext.Current.CancellationToken)).Select(line => line.Split("  ", 2)).ToList();
        Assert.Equal(
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(name => name != "SHA256SUMS").Order(StringComparer.Ordinal),
            sums.Select(sum => sum[1]).Order(StringComparer.Ordinal));
        foreach (var sum in sums)
        {
            await using var file = File.OpenRead(Path.Combine(folder, sum[1]));
            Assert.Equal(sum[0], Convert.ToHexStringLower(await SHA256.HashDataAsync(file, TestContext.Current.CancellationToken)));
        }
        var licences = await File.ReadAllTextAsync(Path.Combine(folder, "LICENSES.txt"), TestContext.Current.CancellationToken);
        Assert.All(["MessagePack 2.5.307: MIT", "Npgsql 10.0.3: PostgreSQL", "SQLite 3.53.4: ", "OpenTelemetry 1.20.1: Apache-2.0"], line => Assert.Contains(line, licences, StringComparison.Ordinal));
        Assert.DoesNotContain("see the package", licences, StringComparison.Ordinal);
    }
}
