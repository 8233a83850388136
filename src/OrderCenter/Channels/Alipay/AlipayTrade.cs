using System.Globalization;
using OrderCenter.Domain;

namespace OrderCenter.Channels.Alipay;

/// <summary>A trade in a notification or an answer of Alipay's; read only after its signature was verified.</summary>
internal sealed record AlipayTrade
{
    public const string Success = "TRADE_SUCCESS";
    public const string Finished = "TRADE_FINISHED";
    public const string Closed = "TRADE_CLOSED";
    private const int TextMax = 64;

    /// <summary>Alipay's number; names the purchase for ever.</summary>
    public required string TradeNo { get; init; }

    /// <summary>Ours: the order's number.</summary>
    public required string OutTradeNo { get; init; }

    public required string Status { get; init; }

    /// <summary>Yuan.</summary>
    public required Money Total { get; init; }

    /// <summary>The sum of all refunds; null: not known.</summary>
    public Money? Refunded { get; init; }

    public long? PaidMs { get; init; }

    public bool IsPaid => Status is Success or Finished;

    /// <summary>Given back in full. A trade that is closed without ever having been paid is not.</summary>
    public bool IsRefunded =>
        (Refunded is { } refunded && refunded >= Total) || (Status == Closed && (Refunded is not null || PaidMs is not null));

    /// <summary>Reads a trade's fields by name.</summary>
    /// <returns>Null: one is missing or malformed; the fault names it.</returns>
    public static AlipayTrade? Read(Func<string, string?> field, out string fault)
    {
        string? Text(string name) => field(name) is { Length: > 0 and <= TextMax } text ? text : null;

        fault = "";
        if (Text("trade_no") is not { } tradeNo || Text("out_trade_no") is not { } outTradeNo || Text("trade_status") is not { } status)
        {
            fault = "trade_no, out_trade_no or trade_status is missing";
            return null;
        }
        if (!Money.TryParse(field("total_amount"), out var total))
        {
            fault = "total_amount is missing or malformed";
            return null;
        }
        Money? refunded = null;
        if (field("refund_fee") is { Length: > 0 } refundText)
        {
            if (!Money.TryParse(refundText, out var refund))
            {
                fault = "refund_fee is malformed";
                return null;
            }
            refunded = refund;
        }
        return new AlipayTrade
        {
            TradeNo = tradeNo,
            OutTradeNo = outTradeNo,
            Status = status,
            Total = total,
            Refunded = refunded,
            PaidMs = Time(field("gmt_payment") ?? field("send_pay_date")),
        };
    }

    public Payment ToPayment(string environment) => new()
    {
        Channel = AlipayChannel.ChannelName, Environment = environment, TransactionId = TradeNo, Money = Total,
        Currency = AlipayChannel.Yuan, PurchasedMs = PaidMs,
    };

    /// <summary>Alipay writes the time of China.</summary>
    private static long? Time(string? text) =>
        DateTime.TryParseExact(text, AlipayChannel.TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, AlipayChannel.China).ToUnixTimeMilliseconds()
            : null;
}
