using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrderCenter.Orders.Refusals;

/// <summary>What counts as one caller where addresses are counted: an IPv4 address, or the /64 network of an IPv6 address, because one
/// caller usually has the whole of it.</summary>
public static class NetworkKey
{
    /// <summary>The key of an address; 0: there is none.</summary>
    public static UInt128 Of(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }
        Span<byte> bytes = stackalloc byte[16];
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).TryWriteBytes(bytes, out _);
        var whole = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? whole : whole >> 64 << 64;
    }
}
