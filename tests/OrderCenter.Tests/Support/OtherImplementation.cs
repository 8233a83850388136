using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace OrderCenter.Tests.Support;

/// <summary>Asks implementations that are not ours: PHP (what most merchants and game servers run) and Python. Where one is missing the test is skipped; in
/// CI it fails.</summary>
public static class OtherImplementation
{
    private const int ErrorCharactersMax = 2000;
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    /// <summary>Runs a PHP script (without its opening tag) on a standard input and gives its standard output. Both are UTF-8.</summary>
    public static Task<string> PhpAsync(string script, string stdin) =>
        RunAsync("php", ["-d", "display_errors=stderr", "-d", "error_reporting=-1", "-d", "memory_limit=512M", "-r", script], stdin);

    /// <summary>Runs a Python script on a standard input and gives its standard output. Both are UTF-8. Debian's Python, for its packages (python3-msgpack).
    /// </summary>
    public static Task<string> PythonAsync(string script, string stdin) => RunAsync("/usr/bin/python3", ["-X", "utf8", "-c", script], stdin);

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string stdin)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Missing(program);
        }
        using var tooLong = new CancellationTokenSource(RunTime);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(tooLong.Token);
            var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
            await WriteAsync(process.StandardInput, stdin, tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            var fault = await errors;
            if (fault.Contains("ModuleNotFoundError", StringComparison.Ordinal))
            {
                Missing(program + ": " + fault.Trim().Split('\n')[^1]);
            }
            var shown = fault[..Math.Min(fault.Length, ErrorCharactersMax)];
            Assert.True(process.ExitCode == 0 && fault.Length == 0, $"{program} ended with {process.ExitCode}: {shown}");
            return await output;
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {RunTime.TotalSeconds} s", late);
        }
    }

    private static async Task WriteAsync(StreamWriter input, string text, CancellationToken cancellation)
    {
        try
        {
            await input.WriteAsync(text.AsMemory(), cancellation);
            input.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code and its errors say why.
        }
    }

    /// <summary>Says what a test needs and this machine lacks.</summary>
    public static void Missing(string what)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail($"{what}: missing, and CI must have it");
        }
        Assert.Skip($"{what}: not installed here");
    }
}
