using System.Globalization;
using OrderCenter.Model;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChat;

/// <summary>A transaction as WeChat tells of it, in a notification or in an answer; read only after its signature was found good.</summary>
internal sealed record Transaction
{
    public const string Success = "SUCCESS";
    private const int TextMax = 64;

    public required string OutTradeNo { get; init; }
    public required string State { get; init; }

    /// <summary>WeChat's number, which names the purchase for ever; null: nobody has paid.</summary>
    public string? TransactionId { get; init; }

    public string? AppId { get; init; }
    public string? MchId { get; init; }

    /// <summary>What was asked for, fen; null: nothing is said.</summary>
    public long? TotalFen { get; init; }

    public string Currency { get; init; } = "CNY";
    public long? PaidMs { get; init; }

    /// <returns>Null: a field is missing or malformed; the fault names it.</returns>
    public static Transaction? Read(Fields fields, out string fault)
    {
        var amount = fields.Element("amount") is { } element ? new Fields(element) : null;
        var transaction = new Transaction
        {
            OutTradeNo = fields.RequiredText("out_trade_no", TextMax) ?? "",
            State = fields.RequiredText("trade_state", TextMax) ?? "",
            TransactionId = fields.TextOrEmpty("transaction_id", TextMax) is { Length: > 0 } id ? id : null,
            AppId = fields.TextOrEmpty("appid", TextMax),
            MchId = fields.TextOrEmpty("mchid", TextMax),
            TotalFen = amount?.Integer("total", 0, Fen.Max),
            Currency = amount?.Text("currency", 16) ?? "CNY",
            PaidMs = Time(fields.TextOrEmpty("success_time", TextMax)),
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
            Money = Fen.ToMoney(fen),
            Currency = Currency,
            PurchasedMs = PaidMs,
        };

    /// <summary>RFC 3339, as WeChat writes times.</summary>
    public static long? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;
}
