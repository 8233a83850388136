using System.Net;
using System.Net.Sockets;

namespace OrderCenter.Apps;

/// <summary>Addresses and networks as settings write them.</summary>
internal static class NetworkText
{
    /// <summary>Parses a network. A single address is a network of its own; an IPv4-mapped one counts as the IPv4 address.</summary>
    public static bool TryParse(string? text, out IPNetwork network)
    {
        // The parser also takes 10.1 for 10.0.0.1, 010.0.0.1 for 8.0.0.1 and a bare number, which nobody means.
        if (IPAddress.TryParse(text, out var address))
        {
            if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
            {
                network = default;
                return false;
            }
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            network = new IPNetwork(plain, plain.GetAddressBytes().Length * 8);
            return true;
        }
        return IPNetwork.TryParse(text, out network);
    }

    public static bool IsList(IReadOnlyList<string>? texts, int countMax) =>
        texts is null || (texts.Count <= countMax && texts.All(text => TryParse(text, out _)));

    public static IReadOnlyList<IPNetwork> ParseList(IReadOnlyList<string>? texts) =>
        [.. (texts ?? []).Select(
            text => TryParse(text, out var network) ? network : throw new InvalidOperationException($"'{text}' is not a network"))];
}
