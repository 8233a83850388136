using System.Net;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Checks a callback URL before it is called.</summary>
public static class CallbackUrlPolicy
{
    private const string LocalName = "localhost";
    private static readonly IPAddress[] Local = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>Why this installation will never call a URL; null: it may. Names are not resolved, since their
    /// addresses may change.</summary>
    /// <param name="url">An absolute http or https address.</param>
    /// <param name="app">Its app, which may allow networks of its own.</param>
    /// <param name="options">The installation's settings.</param>
    public static string? ReasonBlocked(string url, App app, SenderOptions options)
    {
        // With a proxy, the proxy resolves and connects: it must enforce the address policy.
        if (options.AllowPrivateNetworks || options.Proxy is not null || !WebAddress.TryParse(url, out var address))
        {
            return null;
        }
        var host = address.IdnHost.TrimEnd('.');
        var isLocal = host.Equals(LocalName, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + LocalName, StringComparison.OrdinalIgnoreCase);
        var addresses = isLocal ? Local : IPAddress.TryParse(host, out var literal) ? [literal] : [];
        return addresses.Length == 0 || addresses.Any(known => SsrfGuard.IsAllowed(known, app.Callback.AllowedNetworks))
            ? null
            : $"{address.Host} is a loopback, private or special address, which is never called; " +
                "allow its network in callback.allowedNetworks, or all by Callbacks__AllowPrivateNetworks";
    }
}
