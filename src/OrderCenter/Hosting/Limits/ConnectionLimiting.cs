using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Hosting.Limits;

/// <summary>Bounds the open connections: of all callers, and of each address. What is beyond is closed before a byte is read.</summary>
internal static class ConnectionLimiting
{
    public static void LimitConnections(this KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.Limits.MaxConcurrentConnections = settings.Connections == 0 ? null : settings.Connections;
        if (settings.ConnectionsPerAddress > 0)
        {
            var open = new OpenConnections(settings.ConnectionsPerAddress, settings.KnownNetworks);
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                var refusals = kestrel.ApplicationServices.GetRequiredService<RefusalLog>();
                endpoint.Use(next => connection => open.ServeAsync(connection, next, refusals));
            });
        }
    }

    /// <summary>Proxies are not limited: all callers come through their connections.</summary>
    private sealed class OpenConnections(int connectionsMax, IReadOnlyList<IPNetwork> proxies)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<UInt128, int> _counts = [];

        public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, RefusalLog refusals)
        {
            var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
            var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
            if (plain is null || proxies.Any(network => network.Contains(plain)))
            {
                await next(connection);
                return;
            }
            var key = NetworkKey.Of(plain);
            if (!TryOpen(key))
            {
                refusals.Count("connections", RefusalLog.TooMany, plain);
                connection.Abort();
                return;
            }
            try
            {
                await next(connection);
            }
            finally
            {
                Close(key);
            }
        }

        private bool TryOpen(UInt128 key)
        {
            lock (_lock)
            {
                var count = _counts.GetValueOrDefault(key);
                if (count >= connectionsMax)
                {
                    return false;
                }
                _counts[key] = count + 1;
                return true;
            }
        }

        private void Close(UInt128 key)
        {
            lock (_lock)
            {
                if (_counts[key] == 1)
                {
                    _counts.Remove(key);
                }
                else
                {
                    _counts[key]--;
                }
            }
        }
    }
}
