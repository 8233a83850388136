using System.Net;
using System.Net.Sockets;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Decides which addresses callbacks may go to. It judges the resolved address when the connection is
/// opened, so that a name which resolves to another address the second time does not pass.</summary>
internal static class SsrfGuard
{
    /// <summary>IANA's special-purpose registries: loopback, private, link-local (with cloud metadata), CGNAT,
    /// documentation, multicast, reserved; and the IPv6 forms of an IPv4 address (mapped, NAT64, 6to4, Teredo), which
    /// reach the same hosts. Other such forms (compatible, SIIT, site-local) are outside of
    /// <see cref="Global"/>.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>The IPv6 addresses of the public internet.</summary>
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address is of the public internet or of an allowed network.</summary>
    public static bool IsAllowed(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6 && plain.ScopeId != 0)
        {
            plain = new IPAddress(plain.GetAddressBytes());
        }
        return allowed.Any(network => network.Contains(plain))
            || !(IsSpecial(plain) || (IsatapOf(plain) is { } inner && IsSpecial(inner)));
    }

    private static bool IsSpecial(IPAddress address) =>
        Special.Any(network => network.Contains(address))
        || (address.AddressFamily == AddressFamily.InterNetworkV6 && !Global.Contains(address));

    /// <summary>The IPv4 address in an ISATAP interface id (RFC 5214); null: it is none.</summary>
    private static IPAddress? IsatapOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes is [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5e, 0xfe, ..] ? new IPAddress(bytes.AsSpan(12)) : null;
    }
}
