using System.Globalization;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>A transaction in a notification or an answer of WeChat's; read only after its signature was verified.</summary>
internal sealed record WeChatTransaction
{
    public const string Success = "SUCCESS";

    /// <summary>Paid, and at least a part of it is being or was given back: the state stays so, however small the part is.</summary>
    public const string Refunded = "REFUND";
    private const int TextMax = 64;

    public required string OutTradeNo { get; init; }
    public required string State { get; init; }

    /// <summary>WeChat's number, which names the purchase for ever; null: it is not paid.</summary>
    public string? TransactionId { get; init; }

    public string? AppId { get; init; }
    public string? MchId { get; init; }

    /// <summary>The order's total, fen; null: not known.</summary>
    public long? TotalFen { get; init; }

    public string Currency { get; init; } = "CNY";
    public long? PaidMs { get; init; }

    /// <returns>Null: a field is missing or malformed; the fault names it.</returns>
    public static WeChatTransaction? Read(JsonFieldReader fields, out string fault)
    {
        var amount = fields.AnyObject("amount");
        var transaction = new WeChatTransaction
        {
            OutTradeNo = fields.NeededText("out_trade_no", TextMax) ?? "",
            State = fields.NeededText("trade_state", TextMax) ?? "",
            TransactionId = fields.AnyText("transaction_id", TextMax),
            AppId = fields.AnyText("appid", TextMax),
            MchId = fields.AnyText("mchid", TextMax),
            TotalFen = amount?.GivenInteger("total", 0, CnyMinorUnits.Max),
            Currency = amount?.GivenText("currency", 16) ?? "CNY",
            PaidMs = Time(fields.AnyText("success_time", TextMax)),
        };
        fault = fields.Faults.Concat(amount?.Faults ?? []).FirstOrDefault() ?? "";
        return fault.Length == 0 ? transaction : null;
    }

    /// <summary>The payment of a transaction that succeeded; null where it does not say what was paid.</summary>
    public Payment? ToPayment() => TransactionId is null || TotalFen is not { } fen
        ? null
        : new Payment
        {
            Channel = WeChatChannel.ChannelName,
            Environment = Payment.Production,
            TransactionId = TransactionId,
            Money = CnyMinorUnits.ToMoney(fen),
            Currency = Currency,
            PurchasedMs = PaidMs,
        };

    /// <summary>RFC 3339, as WeChat writes times.</summary>
    public static long? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;
}
