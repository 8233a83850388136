using System.Text;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Shared;

/// <summary>What else the game sent with an order: attributes, or members of the native <c>extra</c>.</summary>
internal static class OrderExtra
{
    /// <summary>The payer's openid at WeChat.</summary>
    public const string PayerField = "wechatOpenId";

    private const string ExtraField = "extra";
    private const int CharsMax = 128;

    /// <summary>A text of at most 128 characters under that name; null: there is none.</summary>
    public static string? Find(Order order, string name)
    {
        if (order.Attribute(name) is { Length: > 0 } plain)
        {
            return plain;
        }
        return order.Attribute(ExtraField) is { Length: > 0 } extra
            && JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(extra), out var fields, out _) ? fields.Text(name, CharsMax) : null;
    }
}
