using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>A TypeScript client is generated from the OpenAPI document, checked by the compiler and used against the running service (tests/openapi-client).
/// Where Node.js or the packages are missing the test is skipped; CI must have them.</summary>
public sealed class GeneratedClientTests(Service service) : IClassFixture<Service>
{
    private const int OutputMax = 4000;
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_generated_client_signs_in_searches_and_acts()
    {
        var game = await service.NewGameAsync();
        var directory = Directory.CreateTempSubdirectory("ordercenter-openapi-").FullName;
        try
        {
            foreach (var file in new[] { "package.json", "package-lock.json", "tsconfig.json", "client.ts" })
            {
                File.Copy(Path.Combine(Repository.Root, "tests", "openapi-client", file), Path.Combine(directory, file));
            }
            await File.WriteAllTextAsync(Path.Combine(directory, "openapi.json"), await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
            var (installed, fault) = await RunAsync(directory, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            if (installed != 0)
            {
                Missing("npm ci: " + fault);
            }
            await MustAsync(directory, Path.Combine("node_modules", ".bin", "openapi-typescript"), "openapi.json", "--output", "schema.ts");
            await MustAsync(directory, Path.Combine("node_modules", ".bin", "tsc"), "--project", "tsconfig.json");
            var output = await MustAsync(directory, "node", "out/client.js", service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), Service.Token, game.GameId);

            var told = JsonDocument.Parse(output).RootElement;
            var created = told.GetProperty("created").EnumerateArray().Select(id => id.GetString()!).ToList();
            Assert.Equal(created[..2].Order(StringComparer.Ordinal), told.GetProperty("found").EnumerateArray().Select(id => id.GetString()!).Order(StringComparer.Ordinal));
            Assert.Equal(("unpaid", "closed"), Native.StateOf(await service.OrderAsync(told.GetProperty("closed").GetString()!)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> MustAsync(string directory, string program, params string[] arguments)
    {
        var (exit, output) = await RunAsync(directory, program, arguments);
        Assert.True(exit == 0, $"{program} ended with {exit}: {output}");
        return output;
    }

    private static async Task<(int Exit, string Output)> RunAsync(string directory, string program, params string[] arguments)
    {
        var path = program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.Combine(directory, program) : program;
        var start = new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
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
            var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
            var output = await process.StandardOutput.ReadToEndAsync(tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            var shown = process.ExitCode == 0 ? output : output + await errors;
            return (process.ExitCode, shown[..Math.Min(shown.Length, OutputMax)]);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {RunTime.TotalSeconds} s", late);
        }
    }

    private static void Missing(string what)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail($"{what}: missing, and CI must have it");
        }
        Assert.Skip($"{what}: not installed here");
    }
}
