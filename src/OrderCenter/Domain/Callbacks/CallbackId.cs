namespace OrderCenter.Domain.Callbacks;

/// <summary>The order's number and a count within the order. Its public name is <c>cb_ORDER_COUNT</c>, the same over all
/// attempts.</summary>
public readonly record struct CallbackId(OrderId OrderId, int Number)
{
    private const string Prefix = "cb_";

    public override string ToString() => $"{Prefix}{OrderId}_{Number}";

    public static bool TryParse(string? text, out CallbackId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[Prefix.Length..].Split('_') is not [var order, { Length: > 0 and <= 6 } number]
            || number.AsSpan().ContainsAnyExceptInRange('0', '9') || !OrderId.TryParse(order, out var orderId))
        {
            return false;
        }
        id = new CallbackId(orderId, int.Parse(number));
        return true;
    }
}
