using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Support;

/// <summary>The service as a process of its own, for what only a process can show: a start, a kill, a stop.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The program to start, where it is not the one that the tests are built with: the native binary.</summary>
    public static readonly string? Native = Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_PROGRAM");

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private ServerProcess(Process process, Uri address, ConcurrentQueue<string> output)
    {
        _process = process;
        _output = output;
        Http = new HttpClient { BaseAddress = address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
    }

    public HttpClient Http { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>What it wrote on its standard output so far, line by line.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>The most memory that the process has had so far.</summary>
    public long PeakMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / (1024 * 1024);
        }
    }

    /// <summary>Starts the service on a free port and waits until it is ready.</summary>
    public static Task<ServerProcess> StartAsync(DatabaseOptions database, params (string Name, string Value)[] environment) =>
        StartAsync(database, [], environment);

    public static async Task<ServerProcess> StartAsync(DatabaseOptions database, IReadOnlyList<string> settings, params (string Name, string Value)[] environment)
    {
        var process = Launch(["--urls=http://127.0.0.1:0", .. settings], [("Storage__Engine", database.Engine), ("ConnectionStrings__OrderCenter", database.ConnectionString), .. environment]);
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                output.Enqueue(line.Data);
            }
            if (line.Data?.IndexOf("Now listening on: ", StringComparison.Ordinal) is >= 0 and var at)
            {
                address.TrySetResult(new Uri(line.Data[(at + 18)..].Split('"')[0].Trim()));
            }
        };
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException("the service ended with code " + process.ExitCode));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process, await address.Task.WaitAsync(TimeSpan.FromSeconds(30)), output);
        using var ready = await server.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
        ready.EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>Starts the service where it is expected to end by itself, and gives what it wrote.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params (string Name, string Value)[] environment) => RunAsync(["--urls=http://127.0.0.1:0"], environment);

    public static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Launch(arguments, environment);
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    public async Task PutAppAsync(string gameId, object body)
    {
        using var response = await Http.PutAsJsonAsync("/api/v1/apps/" + gameId, body);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await _process.WaitForExitAsync();
        return TimeProvider.System.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }
        _process.Dispose();
    }

    /// <summary>The program with arguments, its output redirected.</summary>
    public static ProcessStartInfo Command(params IEnumerable<string> arguments)
    {
        var (program, first) = Native is null ? ("dotnet", new[] { typeof(Program).Assembly.Location }) : (Native, []);
        return new ProcessStartInfo(program, [.. first, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false, RedirectStandardError = true };
    }

    private static Process Launch(string[] arguments, (string Name, string Value)[] environment)
    {
        var start = Command(arguments);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Admin__Token"] = Service.Token;
        start.Environment["Secrets__MasterKey"] = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Start();
        return process;
    }
}
