using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>An order in the answer of <c>query_order</c>.</summary>
internal sealed record XPayOrder
{
    private const int TextMax = 64;
    private const long SecondsMax = 253_402_300_799;
    private const int SandboxType = 2;

    /// <summary>Ours.</summary>
    public required string OrderId { get; init; }

    /// <summary>0 and 1: not paid; 2, 3 and 4: paid; 5, 8, 9 and 10: refunded; 6: closed; 7: paid, and a refund of it failed.</summary>
    public required long Status { get; init; }

    /// <summary>What was paid, fen.</summary>
    public required long TotalFen { get; init; }

    /// <summary>What was not given back, fen; null: not known.</summary>
    public long? LeftFen { get; init; }

    /// <summary>WeChat's own number, which names the purchase for ever.</summary>
    public required string WeChatId { get; init; }

    /// <summary>The number that the player sees in WeChat Pay; null: it was paid another way.</summary>
    public string? TransactionId { get; init; }

    public bool IsSandbox { get; init; }
    public long? PaidMs { get; init; }

    public bool IsPaid => Status is 2 or 3 or 4 or 7 || IsRefunded;

    public bool IsRefunded => Status is 5 or 8 or 9 or 10;

    /// <summary>What was given back, fen; 0: nothing.</summary>
    public long RefundedFen =>
        IsRefunded && LeftFen is null ? TotalFen
        : LeftFen is { } left && left < TotalFen && (IsRefunded || left > 0) ? TotalFen - left
        : 0;

    /// <returns>Null: a field is missing or malformed; the fault names it.</returns>
    public static XPayOrder? Read(JsonFieldReader answer, out string fault)
    {
        if (answer.AnyObject("order") is not { } fields)
        {
            fault = "order is missing";
            return null;
        }
        if (fields.AnyInteger("order_type", 0, 9) is not (null or 0))
        {
            fault = "it is no payment";
            return null;
        }
        var order = new XPayOrder
        {
            OrderId = fields.NeededText("order_id", TextMax) ?? "",
            Status = fields.GivenInteger("status", 0, 99) ?? -1,
            TotalFen = fields.GivenInteger("order_fee", 0, CnyMinorUnits.Max) ?? -1,
            LeftFen = fields.GivenInteger("left_fee", 0, CnyMinorUnits.Max),
            WeChatId = fields.AnyText("wx_order_id", TextMax) ?? "",
            TransactionId = fields.AnyText("wxpay_order_id", TextMax),
            IsSandbox = fields.AnyInteger("env_type", 0, 9) == SandboxType,
            PaidMs = fields.AnyInteger("paid_time", 1, SecondsMax) * 1000,
        };
        fault = fields.Faults.Count > 0 ? fields.Faults[0]
            : order.Status < 0 ? "status is missing"
            : order.IsPaid && (order.TotalFen <= 0 || order.WeChatId.Length == 0) ? "order_fee or wx_order_id is missing"
            : "";
        return fault.Length == 0 ? order : null;
    }

    /// <summary>The payment of an order that is paid.</summary>
    public Payment ToPayment() => new()
    {
        Channel = WeChatVirtualChannel.ChannelName,
        Environment = IsSandbox ? Payment.Sandbox : Payment.Production,
        TransactionId = WeChatId,
        StoreOrderId = TransactionId,
        Money = CnyMinorUnits.ToMoney(TotalFen),
        Currency = WeChatVirtualChannel.Yuan,
        PurchasedMs = PaidMs,
    };
}
