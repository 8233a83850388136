namespace OrderCenter.Domain.Callbacks;

/// <summary>The order's number, and the time at which the callback was queued. Its public name is <c>cb_ORDER_TIME</c>, the same over all
/// attempts. A count would be given again for another event once the database was restored from a backup; a time that has passed is
/// not.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Number">Unix milliseconds; of an order's callbacks that were queued in one millisecond each has one more.</param>
public readonly record struct CallbackId(OrderId OrderId, long Number)
{
    private const string Prefix = "cb_";
    private const int DigitsMax = 15;

    public override string ToString() => $"{Prefix}{OrderId}_{Number}";

    public static bool TryParse(string? text, out CallbackId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[Prefix.Length..].Split('_') is not [var order, { Length: > 0 and <= DigitsMax } number]
            || number.AsSpan().ContainsAnyExceptInRange('0', '9') || !OrderId.TryParse(order, out var orderId))
        {
            return false;
        }
        id = new CallbackId(orderId, long.Parse(number));
        return true;
    }
}
