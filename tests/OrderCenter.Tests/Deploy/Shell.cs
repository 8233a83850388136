using System.ComponentModel;
using System.Diagnostics;

namespace OrderCenter.Tests.Deploy;

/// <summary>Runs programs that may be missing here.</summary>
internal static class Shell
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(120);

    /// <returns>The exit code, and what it wrote on both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed here");
        }
        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        tooLong.CancelAfter(TimeMax);
        try
        {
            var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(tooLong.Token), process.StandardError.ReadToEndAsync(tooLong.Token));
            await process.WaitForExitAsync(tooLong.Token);
            return (process.ExitCode, string.Concat(output));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
