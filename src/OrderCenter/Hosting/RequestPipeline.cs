using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using OrderCenter.Api;
using OrderCenter.Encodings;
using OrderCenter.Hosting.Limits;
using OrderCenter.Orders.Refusals;
using OrderCenter.Persistence;
using OrderCenter.Protocols;

namespace OrderCenter.Hosting;

/// <summary>What every request passes: limits, proxies, rate limits, and the handler that turns an exception into a logged
/// response.</summary>
internal static partial class RequestPipeline
{
    /// <summary>The largest body that is read where an endpoint says nothing else; most have a smaller limit, statements a larger
    /// one.</summary>
    private const long BodyBytesMax = 4 * 1024 * 1024;

    /// <summary>A GET may carry a whole order, but not a receipt.</summary>
    private const int RequestLineBytesMax = 64 * 1024;

    private const int UnreadBytesMax = 128 * 1024;

    /// <summary>A body that is slower, or silent for so long, ends with 408. A slightly faster one is ended by
    /// <see cref="BodyReader.TimeMax"/>.</summary>
    private const double BodyBytesPerSecondMin = 240;
    private static readonly TimeSpan BodySilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>The paths of the protocols.</summary>
    private static readonly PathString[] ProtocolPaths = ["/ordercenter", "/cp", "/openapi/order/check", "/cardrecharge"];

    private const string UrlDefault = "http://127.0.0.1:5080";
    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(10);

    public static void AddRequestPipeline(this WebApplicationBuilder builder, Settings settings)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])
            && string.IsNullOrEmpty(builder.Configuration["HTTP_PORTS"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(UrlDefault);
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;

            // What a connection buffers before a body is read is not counted by BodyReader, so it is small.
            kestrel.Limits.MaxRequestBufferSize = UnreadBytesMax;
            kestrel.Limits.Http2.InitialConnectionWindowSize = UnreadBytesMax;
            kestrel.Limits.Http2.InitialStreamWindowSize = UnreadBytesMax;
            kestrel.Limits.MinRequestBodyDataRate = new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(
                BodyBytesPerSecondMin, gracePeriod: BodySilenceMax);
            kestrel.LimitConnections(settings);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownMax);

        // For the description of the native API, which names their type.
        builder.Services.AddProblemDetails();
        if (settings.KnownNetworks.Count > 0)
        {
            builder.Services.Configure<ForwardedHeadersOptions>(forwarded => TrustProxies(forwarded, settings));
        }
        builder.Services.AddRequestLimits(settings);
    }

    private static void TrustProxies(ForwardedHeadersOptions forwarded, Settings settings)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in settings.KnownNetworks)
        {
            forwarded.KnownIPNetworks.Add(network);
        }

        // Through all known proxies; the first address that is not one is the caller.
        forwarded.ForwardLimit = null;
    }

    public static void UseRequestPipeline(this WebApplication app, Settings settings)
    {
        if (settings.KnownNetworks.Count > 0)
        {
            app.UseForwardedHeaders();
        }
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = HandleFaultAsync,

            // HandleFaultAsync logs it, with the trace id that the response carries.
            SuppressDiagnosticsCallback = static _ => true,
        });
        app.Use(SlashesMiddleware);

        // After the rewriting above, so that the rewritten path is routed.
        app.UseRouting();
        app.UseRateLimiter();
    }

    /// <summary>A game that joins a base address and a path with one slash too many calls <c>//ordercenter/…</c>. Only the protocols'
    /// paths are accepted so: where a proxy blocks another path by its prefix, a second slash must not get around it.</summary>
    private static Task SlashesMiddleware(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value is ['/', '/', ..] path)
        {
            PathString single = "/" + path.TrimStart('/');
            if (Array.Exists(ProtocolPaths, one => single.StartsWithSegments(one, StringComparison.Ordinal)))
            {
                context.Request.Path = single;
            }
        }
        return next(context);
    }

    /// <summary>Runs the service until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ServeAsync(this WebApplication app)
    {
        try
        {
            var settings = app.Services.GetRequiredService<Settings>();
            if (settings.IsAdminTokenNew)
            {
                // To the console, not to the log: the token is for the person who started this.
                Console.WriteLine($"Development: the native API's token for this run is {settings.AdminToken!.Reveal()}");
            }
            await using (app)
            {
                await StartAsync(app);
                await app.WaitForShutdownAsync();
            }
            return 0;
        }
        catch (DatabaseUnavailableException fault)
        {
            await Console.Error.WriteLineAsync(ConsoleLog.Escape(fault.Message));
            return 1;
        }
        catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"setting urls: {ConsoleLog.Escape(fault.Message)}");
            return 1;
        }
    }

    /// <summary>Starts it. It listens last: where it cannot, the workers that run already are stopped first. Otherwise what they use is
    /// disposed of under them, and each is logged as failed.</summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException)
        {
            await app.StopAsync();
            throw;
        }
    }

    /// <summary>Responds to an exception in the shape of the endpoint. The trace id is in the response when it is in the log: always for a
    /// bug; for an overload, which may come thousands of times a second, only for the sampled ones.</summary>
    private static async Task HandleFaultAsync(HttpContext context)
    {
        var feature = context.Features.Get<IExceptionHandlerFeature>();
        var (fault, endpoint) = (feature?.Error, feature?.Endpoint);
        (context.Response.StatusCode, var title) = fault switch
        {
            DatabaseBusyException busy => (StatusCodes.Status503ServiceUnavailable, busy.Message),
            BadHttpRequestException malformed => (malformed.StatusCode, malformed.Message),
            _ => (StatusCodes.Status500InternalServerError, "an internal error; it is in the log under this trace id"),
        };
        var traceId = Activity.Current?.Id ?? context.TraceIdentifier;
        var status = context.Response.StatusCode;
        var isLogged = false;
        if (status == StatusCodes.Status500InternalServerError)
        {
            var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("OrderCenter.Hosting.RequestPipeline");
            LogFault(log, context.Request.Method, context.Request.Path, traceId, fault);
            isLogged = true;
        }
        else if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
            isLogged = context.RequestServices.GetRequiredService<RefusalLog>().LogAtBoundedRate(
                "fault", RefusalLog.Busy, context.Connection.RemoteIpAddress,
                $"{context.Request.Method} {context.Request.Path}: {fault!.Message}, trace id {traceId}");
        }
        await (endpoint?.Metadata.GetMetadata<ErrorResponder>() is { } refuse
            ? refuse(context, isLogged ? $"{title}: {traceId}" : title, status)
            : ApiResult.InternalFault(status, title, isLogged ? traceId : null).ExecuteAsync(context));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, trace id {TraceId}")]
    private static partial void LogFault(ILogger logger, string method, PathString path, string traceId, Exception? fault);
}
