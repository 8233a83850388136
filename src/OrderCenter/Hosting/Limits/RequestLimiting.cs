using System.Threading.RateLimiting;
using OrderCenter.Api;
using OrderCenter.Orders.Refusals;
using OrderCenter.Protocols;

namespace OrderCenter.Hosting.Limits;

/// <summary>Bounds the requests of each address with ASP.NET Core's rate limiter: a second, at once, and sign-ins.</summary>
internal static class RequestLimiting
{
    private const string TooMany = "too many requests from this address; try again in a second";

    /// <summary>Each sign-in costs writes and the hash of a password, before anyone is known.</summary>
    private static readonly TokenBucketRateLimiterOptions SignIns = new()
    {
        TokenLimit = 120, TokensPerPeriod = 5, ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    };

    public static void AddRequestLimits(this IServiceCollection services, Settings settings) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PerAddress(settings);
        limiter.AddPolicy(
            SessionApi.SignInRate,
            static context => RateLimitPartition.GetTokenBucketLimiter(KeyOf(context), static _ => SignIns));
        limiter.OnRejected = static async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            context.Response.Headers.RetryAfter = "1";
            await (context.GetEndpoint()?.Metadata.GetMetadata<ErrorResponder>() is { } refuse
                ? refuse(context, TooMany, StatusCodes.Status429TooManyRequests)
                : ApiResult.Problem(StatusCodes.Status429TooManyRequests, TooMany).ExecuteAsync(context));
        };
    });

    /// <summary>Null: no limit.</summary>
    private static PartitionedRateLimiter<HttpContext>? PerAddress(Settings settings)
    {
        var atOnce = settings.ConcurrentRequestsPerAddress == 0
            ? null
            : Limited(key => RateLimitPartition.GetConcurrencyLimiter(
                key, _ => new ConcurrencyLimiterOptions { PermitLimit = settings.ConcurrentRequestsPerAddress }));
        var rates = settings.RequestsPerSecondPerAddress == 0
            ? null
            : Limited(key => RateLimitPartition.GetTokenBucketLimiter(
                key, _ => RequestRate.PerSecond(settings.RequestsPerSecondPerAddress)));

        // The rate last: what it gives away, it does not take back.
        return atOnce is null || rates is null ? atOnce ?? rates : PartitionedRateLimiter.CreateChained(atOnce, rates);
    }

    /// <summary>Probes and scrapes are never limited.</summary>
    private static PartitionedRateLimiter<HttpContext> Limited(Func<UInt128, RateLimitPartition<UInt128>> limit) =>
        PartitionedRateLimiter.Create<HttpContext, UInt128>(context =>
            context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal)
                || context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal)
                ? RateLimitPartition.GetNoLimiter(UInt128.MaxValue)
                : limit(KeyOf(context)));

    private static UInt128 KeyOf(HttpContext context) => NetworkKey.Of(context.Connection.RemoteIpAddress);
}
