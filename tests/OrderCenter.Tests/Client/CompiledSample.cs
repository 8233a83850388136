using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OrderCenter.Client;

namespace OrderCenter.Tests.Client;

/// <summary>A C# sample of a document as its reader takes it: compiled as it stands, with what <c>dotnet new web</c> sets (nullable, implicit usings), every
/// warning an error; and run as a program of its own.</summary>
internal sealed partial class CompiledSample : IDisposable
{
    private const int OutputMax = 8000;

    private const string WebUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks; global using System.Net.Http.Json; global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-sample-").FullName;

    /// <summary>The C# samples of a document, in its order.</summary>
    public static IReadOnlyList<string> Of(params string[] path) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine([Repository.Root, .. path]))).Select(fence => fence.Groups["code"].Value)];

    /// <summary>Compiles a program against the client package as this build made it.</summary>
    public static CompiledSample Program(string code)
    {
        var sample = new CompiledSample();
        Emit(code, WebUsings, "sample", OutputKind.ConsoleApplication, Path.Combine(sample._directory, "sample.dll"));
        File.Copy(typeof(OrderCenter.Client.OrderApiClient).Assembly.Location, Path.Combine(sample._directory, "OrderCenter.Client.dll"));
        File.WriteAllText(Path.Combine(sample._directory, "sample.runtimeconfig.json"), """
            {"runtimeOptions":{"tfm":"net10.0","frameworks":[{"name":"Microsoft.NETCore.App","version":"10.0.0"},{"name":"Microsoft.AspNetCore.App","version":"10.0.0"}]}}
            """);
        return sample;
    }

    /// <summary>Compiles a part of the service, under a name that may see the service's own types.</summary>
    public static void Check(string code, string usings) => Emit(code, usings, "OrderCenter.Tests", OutputKind.DynamicallyLinkedLibrary, path: null);

    public Process Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(_directory, "sample.dll"), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    public async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(RunTime, TimeProvider.System);
        await process.WaitForExitAsync();
        var text = string.Concat(output);
        return (process.ExitCode, text[..Math.Min(text.Length, OutputMax)].Trim());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Emit(string code, string usings, string name, OutputKind kind, string? path)
    {
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(file => MetadataReference.CreateFromFile(file));
        var trees = new[] { usings, code }.Select(text => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)));
        using var assembly = path is null ? Stream.Null : File.Create(path);
        var result = CSharpCompilation.Create(name, trees, references, options).Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics) + "\n" + code);
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
