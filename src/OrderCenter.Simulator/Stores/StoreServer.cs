using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrderCenter.Simulator.Stores;

/// <summary>What a platform does to a call on demand.</summary>
public enum PlatformFault
{
    None,

    /// <summary>503.</summary>
    Down,

    /// <summary>The right answer under somebody else's signature.</summary>
    WrongSign,

    /// <summary>The right answer without a signature.</summary>
    NoSign,

    /// <summary>One byte of the signed answer was changed.</summary>
    ChangedAnswer,

    /// <summary>An answer that never ends to come.</summary>
    Silent,

    /// <summary>It does what it is asked, and its answer is lost.</summary>
    Lost,

    /// <summary>Something that is not of the form.</summary>
    Garbage,

    /// <summary>More than anybody wants to read.</summary>
    Huge,
}

/// <summary>A platform's HTTP server on a free port of this machine.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Ends what waits for ever.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public static async Task<StoreServer> StartAsync(Func<StoreServer, HttpContext, byte[], Task> serve, CancellationToken cancellationToken)
    {
        var server = new StoreServer();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, Nowhere>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        server._app = builder.Build();
        server._app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await serve(server, context, body.ToArray());
        });
        await server._app.StartAsync(cancellationToken);
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Fails in the way that was asked for, instead of an answer.</summary>
    /// <returns>False: the fault is none, or one in the answer itself.</returns>
    public async Task<bool> TryFailAsync(HttpContext context, PlatformFault fault, TimeProvider clock)
    {
        switch (fault)
        {
            case PlatformFault.Down:
                context.Response.StatusCode = 503;
                return true;
            case PlatformFault.Silent:
                await WaitForEverAsync(context, clock);
                return true;
            case PlatformFault.Garbage:
                await context.Response.WriteAsync("<html>busy</html>");
                return true;
            case PlatformFault.Huge:
                await context.Response.WriteAsync(new string('x', 1 << 20));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Keeps the caller waiting until it hangs up, or the server stops.</summary>
    public async Task WaitForEverAsync(HttpContext context, TimeProvider clock)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, ending.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
        _stopping.Dispose();
    }

    private sealed class Nowhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
