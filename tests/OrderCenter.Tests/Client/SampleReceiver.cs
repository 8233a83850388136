using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Tests.Client;

/// <summary>A receiver of docs/guides/samples as a process of its own. Where its language is not installed the test is skipped; CI must have PHP and Python.</summary>
internal sealed class SampleReceiver : IAsyncDisposable
{
    /// <summary>With an empty one, as a trailing comma leaves it: it must verify nothing.</summary>
    public const string Secrets = "newest,,previous";
    private const int ErrorCharactersMax = 2000;

    /// <summary>The first build of Go's own library takes most of it.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly string _grants;
    private readonly StringBuilder _errors = new();

    private SampleReceiver(Process process, Uri address, string grants)
    {
        (_process, Address, _grants) = (process, address, grants);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>How many orders' goods were granted.</summary>
    public int Granted => Directory.GetFiles(_grants).Length;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public bool HasGoods(string order) => File.Exists(Path.Combine(_grants, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(order)))));

    /// <summary>Takes away where grants are noted, as a database that is away.</summary>
    public void BreakGrants() => Directory.Delete(_grants, recursive: true);

    public static async Task<SampleReceiver> StartAsync(string language, CancellationToken cancellationToken)
    {
        var samples = Path.Combine(Repository.Root, "docs", "guides", "samples", language);
        var directory = Directory.CreateTempSubdirectory("ordercenter-sample-").FullName;
        var port = FreePort();
        var (program, arguments) = language switch
        {
            "php" => ("php", new[] { "-S", $"127.0.0.1:{port}", Path.Combine(samples, "receiver.php") }),
            "python" => ("/usr/bin/python3", [Path.Combine(samples, "receiver.py")]),
            "node" => ("node", [Path.Combine(samples, "receiver.mjs")]),
            "java" => ("java", [Path.Combine(samples, "Receiver.java")]),
            _ => (await BuildGoAsync(Path.Combine(samples, "receiver.go"), directory, cancellationToken), []),
        };
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var grants = Directory.CreateDirectory(Path.Combine(directory, "grants")).FullName;
        (start.Environment["PORT"], start.Environment["SECRETS"], start.Environment["GRANTS"]) = (port.ToString(), Secrets, grants);
        var receiver = new SampleReceiver(Launch(start, language), new Uri($"http://127.0.0.1:{port}"), grants);
        try
        {
            await receiver.ListensAsync(cancellationToken);
            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        Directory.Delete(Path.GetDirectoryName(_grants)!, recursive: true);
    }

    private async Task ListensAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, Address.Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, Errors);
                Assert.True(TimeProvider.System.GetElapsedTime(started) < StartTime, "it does not listen: " + Errors);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task<string> BuildGoAsync(string source, string directory, CancellationToken cancellationToken)
    {
        var output = Path.Combine(directory, "receiver");
        var start = new ProcessStartInfo("go", ["build", "-o", output, source]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "ordercenter-go-build");
        using var build = Launch(start, "go");
        var errors = await build.StandardError.ReadToEndAsync(cancellationToken);
        await build.WaitForExitAsync(cancellationToken).WaitAsync(StartTime, cancellationToken);
        Assert.True(build.ExitCode == 0, errors);
        return output;
    }

    private static Process Launch(ProcessStartInfo start, string language)
    {
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            return process;
        }
        catch (Win32Exception)
        {
            process.Dispose();
            if (language is "php" or "python" && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            {
                Assert.Fail($"{start.FileName}: missing, and CI must have it");
            }
            Assert.Skip($"{start.FileName}: not installed here");
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_errors)
        {
            if (_errors.Length < ErrorCharactersMax)
            {
                _errors.AppendLine(line.Data);
            }
        }
    }
}
