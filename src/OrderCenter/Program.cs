using System.Net.Sockets;
using OrderCenter.Hosting;
using OrderCenter.Store;

namespace OrderCenter;

/// <summary>The contents page: settings, then the rooms in the order in which data goes through them, then the doors.</summary>
public static class Program
{
    private const string DemoCommand = "demo";
    private const string Usage = "allowed: demo, sign, probe (each with --help), or nothing to serve; settings as --Name:Of:Setting=value";

    public static async Task<int> Main(string[] args)
    {
        if (Commands.IsCommand(args))
        {
            return await Commands.RunAsync(args);
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
        catch (Exception fault) when (fault is StoreUnavailableException or StoreBusyException or ArgumentException or FormatException or InvalidOperationException or IOException
            or NotSupportedException or SocketException)
        {
            await Console.Error.WriteLineAsync($"it cannot start: {fault.Message}");
            return 1;
        }
    }

    /// <summary>Puts the service together.</summary>
    /// <param name="args">The command line: <c>demo</c>, where wanted, and settings.</param>
    /// <param name="arrange">Replaces parts; for tests that bring their own clock.</param>
    /// <returns>Null: a setting is wrong; every fault has been told.</returns>
    internal static WebApplication? Build(string[] args, Action<IServiceCollection>? arrange)
    {
        var isDemo = args is [DemoCommand, ..];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = isDemo ? args[1..] : args,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = isDemo ? Environments.Development : null,
        });
        if (!Settings.TryRead(builder.Configuration, builder.Environment, out var settings, out var faults))
        {
            faults.ForEach(fault => Console.Error.WriteLine($"setting {fault}"));
            return null;
        }

        builder.AddBoundary(settings);
        builder.AddObservability();
        builder.Services.AddModel(settings);
        builder.Services.AddStore(settings);
        builder.Services.AddOrders();
        builder.Services.AddChannels(settings);
        builder.Services.AddProtocols(settings);
        builder.Services.AddCallbacks(settings);
        builder.Services.AddStatements(settings);
        builder.Services.AddChanges(settings);
        builder.Services.AddNativeApi(settings);
        if (isDemo)
        {
            builder.Services.AddDemo();
        }
        arrange?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseBoundary(settings);
        app.MapObservability();
        if (settings.ServesApi)
        {
            app.MapProtocols();
            app.MapStores();
            app.MapNativeApi();
        }
        return app;
    }
}
