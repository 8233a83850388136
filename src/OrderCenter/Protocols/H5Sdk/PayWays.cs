using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>The numbers of H5Sdk's ways to pay (protocols.md §2).</summary>
internal static class PayWays
{
    public const string Form = "1 (Alipay), 2 (WeChat Pay) or 3 (points)";

    /// <summary>Alipay, WeChat Pay and points are the ways 1, 2 and 3, and the channels 3, 4 and 5.</summary>
    private static readonly string[] Channels = [ChannelNumbers.NameOf(3), ChannelNumbers.NameOf(4), ChannelNumbers.NameOf(5)];

    public static string Points => Channels[^1];

    /// <summary>The channel of a way; null: there is no such way.</summary>
    public static string? ChannelOf(string payWay) => payWay is [>= '1' and <= '3'] ? Channels[payWay[0] - '1'] : null;

    /// <summary>The way of an order: as the game requested it, or, for an order that was created elsewhere, that of its channel; 0 for a
    /// channel without a number.</summary>
    public static string Of(Order order) =>
        order.Attribute(H5SdkAttributes.PayWay) is { Length: > 0 } requested
            ? requested
            : (Array.IndexOf(Channels, order.Channel) + 1).ToString();
}
