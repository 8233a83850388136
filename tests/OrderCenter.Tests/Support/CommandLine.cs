using System.Diagnostics;

namespace OrderCenter.Tests.Support;

/// <summary>Commands of the program on a test's database, as processes.</summary>
internal static class CommandLine
{
    public const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(TestDatabase database, params string[] command) =>
        RunAsync(database, [("Secrets__MasterKey", MasterKey)], command);

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        TestDatabase database, (string Name, string Value)[] environment, params string[] command)
    {
        var start = ServerProcess.Command([.. command, .. database.Arguments]);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, output[0], output[1]);
    }
}
