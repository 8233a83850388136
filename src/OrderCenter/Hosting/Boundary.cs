using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HttpOverrides;
using OrderCenter.Protocols;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>Where requests come in: limits, proxies, and the place where a bug becomes a logged 500.</summary>
internal static partial class Boundary
{
    /// <summary>The largest body that is read where an endpoint says nothing else; most have a smaller limit, statements a larger one.</summary>
    private const long BodyBytesMax = 4 * 1024 * 1024;

    /// <summary>A GET may carry a whole order, but not a receipt.</summary>
    private const int RequestLineBytesMax = 64 * 1024;

    private const string TooMany = "too many requests from this address; try again in a second";
    private const string UrlDefault = "http://127.0.0.1:5080";
    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(10);

    public static void AddBoundary(this WebApplicationBuilder builder, Settings settings)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && string.IsNullOrEmpty(builder.Configuration["HTTP_PORTS"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(UrlDefault);
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownMax);
        builder.Services.AddProblemDetails();
        if (settings.KnownNetworks.Count > 0)
        {
            builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
            {
                forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                forwarded.KnownProxies.Clear();
                forwarded.KnownIPNetworks.Clear();
                foreach (var network in settings.KnownNetworks)
                {
                    forwarded.KnownIPNetworks.Add(network);
                }

                // From hop to hop for as long as each is a known proxy; the first address that is not one is the caller.
                forwarded.ForwardLimit = null;
            });
        }
        if (settings.RequestsPerSecondPerAddress > 0)
        {
            builder.Services.AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => PerAddress(context, settings.RequestsPerSecondPerAddress));
                limiter.OnRejected = static async (rejected, _) =>
                {
                    var context = rejected.HttpContext;
                    context.Response.Headers.RetryAfter = "1";
                    await (context.GetEndpoint()?.Metadata.GetMetadata<Refusal>() is { } refuse
                        ? refuse(context, TooMany, StatusCodes.Status429TooManyRequests)
                        : Results.Problem(title: TooMany, statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context));
                };
            });
        }
    }

    public static void UseBoundary(this WebApplication app, Settings settings)
    {
        if (settings.KnownNetworks.Count > 0)
        {
            app.UseForwardedHeaders();
        }
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = AnswerFaultAsync,

            // What is expected is answered and counted, and no line in the log with all that led to it: many at a time while the database is away.
            SuppressDiagnosticsCallback = static fault => fault.Exception is StoreBusyException or BadHttpRequestException or Microsoft.AspNetCore.Connections.ConnectionResetException,
        });
        if (settings.RequestsPerSecondPerAddress > 0)
        {
            app.UseRateLimiter();
        }
    }

    /// <summary>Runs the service until it is told to stop.</summary>
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
            await app.RunAsync();
            return 0;
        }
        catch (StoreUnavailableException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
        catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"setting urls: {fault.Message}");
            return 1;
        }
    }

    /// <summary>Probes and scrapes are never limited.</summary>
    private static RateLimitPartition<string> PerAddress(HttpContext context, int perSecond) =>
        context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new TokenBucketRateLimiterOptions { TokenLimit = perSecond, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });

    private static async Task AnswerFaultAsync(HttpContext context)
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        (context.Response.StatusCode, var title) = fault switch
        {
            StoreBusyException busy => (StatusCodes.Status503ServiceUnavailable, busy.Message),
            BadHttpRequestException malformed => (malformed.StatusCode, malformed.Message),
            _ => (StatusCodes.Status500InternalServerError, "an internal error; it is in the log under this trace id"),
        };
        if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        }
        await Results.Problem(title: title, statusCode: context.Response.StatusCode).ExecuteAsync(context);
    }
}
