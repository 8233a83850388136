using System.Threading.RateLimiting;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Protocols;

/// <summary>Requests a second that one app may make; 0: no limit (contract.md, Settings).</summary>
public sealed record AppRateLimit(int RequestsPerSecond);

/// <summary>Whether a caller may speak as an app: the app is there, open, of a protocol that the endpoint serves, and accepts the caller's address.
/// A refusal never says which of these it was.</summary>
public sealed class Admission(AppCatalog apps, AppRateLimit limit) : IDisposable
{
    /// <summary>One message for signature, app and address: it never says which.</summary>
    public const string NotAcceptedMessage = "the signature, the app or the caller's address is not accepted";

    private readonly PartitionedRateLimiter<long>? _rates = limit.RequestsPerSecond == 0
        ? null
        : PartitionedRateLimiter.Create<long, long>(gameId => RateLimitPartition.GetTokenBucketLimiter(gameId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limit.RequestsPerSecond,
            TokensPerPeriod = limit.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    /// <summary>The app of that number or alias, where the caller may speak for it; null otherwise.</summary>
    public App? Find(HttpContext context, string? gameId, params ReadOnlySpan<string> protocols) => Check(context, apps.Find(gameId)?.App, protocols);

    /// <summary>The same for an app that is known already.</summary>
    public App? Find(HttpContext context, long gameId, params ReadOnlySpan<string> protocols) => Check(context, apps.Find(gameId), protocols);

    /// <summary>The apps that could have given an order id away.</summary>
    public IEnumerable<App> CouldOwn(HttpContext context, OrderId id, string[] protocols) =>
        apps.All.Where(entry => id.CouldBelongTo(entry.App.GameId)).Select(entry => Check(context, entry.App, protocols)).OfType<App>();

    /// <summary>Whether an order id could be one of ours at all.</summary>
    public bool IsOurs(OrderId id) => apps.All.Any(entry => id.CouldBelongTo(entry.App.GameId));

    /// <summary>The app, with one request taken from its rate: after its signature was found good.</summary>
    /// <exception cref="TooManyRequestsException">Nothing is left of it.</exception>
    public App Taken(App app)
    {
        using var lease = _rates?.AttemptAcquire(app.GameId);
        return lease?.IsAcquired ?? true ? app : throw new TooManyRequestsException();
    }

    public void Dispose() => _rates?.Dispose();

    private static App? Check(HttpContext context, App? app, ReadOnlySpan<string> protocols) =>
        app is { Disabled: false } && protocols.Contains(app.Protocol) && app.Allows(context.Connection.RemoteIpAddress) ? app : null;
}
