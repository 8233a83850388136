using OrderCenter.Encodings;
using OrderCenter.Hosting;
using OrderCenter.Hosting.Demonstration;
using OrderCenter.Hosting.Operation;

namespace OrderCenter;

/// <summary>Lists what the service is made of: settings, then the parts in the order of the data flow, then the endpoints.</summary>
public static class Program
{
    private const string DemoCommand = "demo";
    private const string Usage =
        "allowed: demo, sign, probe, operator, audit, keys, backup, check, ready (each with --help), --version, or nothing to serve; "
        + "settings as --Name:Of:Setting=value";

    public static async Task<int> Main(string[] args)
    {
        if (args is ["--version", ..])
        {
            Console.WriteLine($"ordercenter {Hosting.Version.Text}");
            return 0;
        }
        if (Commands.IsCommand(args))
        {
            return await Commands.RunAsync(args);
        }
        if (DatabaseCommands.IsCommand(args))
        {
            return await DatabaseCommands.RunAsync(args);
        }
        if (ReadyCommand.IsCommand(args))
        {
            return await ReadyCommand.RunAsync(args);
        }
        if (args is [var first, ..] && first != DemoCommand && !first.StartsWith('-') && !first.Contains('=', StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync($"'{first}' is no command; {Usage}");
            return 1;
        }
        if (args is ["--help" or "-h" or "-?", ..])
        {
            Console.WriteLine(Usage);
            return 0;
        }
        try
        {
            var app = Build(args, arrange: null);
            return app is null ? 1 : await app.ServeAsync();
        }
#pragma warning disable CA1031 // Every failed start is reported in one line, without a stack trace.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            var cause = fault.InnerException is { } inner && !fault.Message.Contains(inner.Message, StringComparison.Ordinal)
                ? $" ({inner.Message})"
                : "";
            await Console.Error.WriteLineAsync(ConsoleLog.Escape($"it cannot start: {fault.Message}{cause}"));
            return 1;
        }
    }

    /// <summary>Composes the service.</summary>
    /// <param name="args">The command line: <c>demo</c>, where wanted, and settings.</param>
    /// <param name="arrange">Replaces parts, for tests with a clock of their own.</param>
    /// <returns>Null: a setting is wrong; every fault was written to the console.</returns>
    internal static WebApplication? Build(string[] args, Action<IServiceCollection>? arrange)
    {
        var isDemo = args is [DemoCommand, ..];
        args = isDemo ? args[1..] : args;
        if (isDemo && DemoDatabase.WhyNot(args) is { } reason)
        {
            Console.Error.WriteLine(reason);
            return null;
        }
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = isDemo ? Environments.Development : null,
        });
        if (isDemo)
        {
            builder.UseDemoDatabase();
        }
        List<string> faults = [.. UnknownSettings.FindArguments(args)];
        if (!Settings.TryRead(builder.Configuration, builder.Environment, out var settings, out var wrong) || faults.Count > 0)
        {
            faults.AddRange(wrong);
            faults.ForEach(fault => Console.Error.WriteLine($"setting {fault}"));
            return null;
        }

        settings = settings with { Storage = settings.Storage with { IsDemo = isDemo } };
        builder.AddConsoleLog();
        builder.AddRequestPipeline(settings);
        builder.AddObservability();
        builder.Services.AddFoundation(settings);
        builder.Services.AddPersistence(settings);
        builder.Services.AddProtocols(settings);
        builder.Services.AddOrders();
        builder.Services.AddChannels(settings);
        builder.Services.AddProviderSync();
        builder.Services.AddCallbacks(settings);
        builder.Services.AddChangeFeed(settings);
        builder.Services.AddReconciliation(settings);
        builder.Services.AddOperators();
        builder.Services.AddAlerts(settings);
        builder.Services.AddOperation();
        builder.Services.AddNativeApi(settings);
        if (isDemo)
        {
            builder.Services.AddSingleton<DemoHistory>().AddHostedService<Demo>();
        }
        arrange?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRequestPipeline(settings);
        app.MapObservability();
        app.MapFrontPage();
        if (settings.ServesApi)
        {
            // Every endpoint of this group gets BodyReader as metadata: it limits the size and the time of request bodies.
            var bounded = app.MapGroup("").WithMetadata(app.Services.GetRequiredService<BodyReader>());
            bounded.MapProtocols();
            bounded.MapNotifications();
            bounded.MapNativeApi();
            ConsoleFiles.Map(app);
        }
        return app;
    }
}
