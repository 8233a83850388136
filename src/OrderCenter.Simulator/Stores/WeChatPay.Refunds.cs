using System.Globalization;
using System.Text.Json;

namespace OrderCenter.Simulator.Stores;

/// <summary>A refund in WeChat's books. <paramref name="Number"/>: the merchant's.</summary>
public sealed record WeChatRefund(string Number, string RefundId, string TransactionId, long Fen, string Status);

/// <summary>Refunds: several to a transaction, each once under its own number, together never more than was paid.</summary>
public sealed partial class WeChatPay
{
    private const string RefundsPath = "/v3/refund/domestic/refunds";
    private const int RefundsMax = 50;
    private readonly Dictionary<string, WeChatRefund> _refunds = new(StringComparer.Ordinal);

    /// <summary>Whether refunds take their time: PROCESSING first, a notification later.</summary>
    public bool IsRefundSlow { get; set; }

    /// <summary>The merchant's money that can be given back, fen; null: any.</summary>
    public long? BalanceFen { get; set; }

    public IReadOnlyList<WeChatRefund> RefundsOf(string transactionId)
    {
        lock (_refunds)
        {
            return [.. _refunds.Values.Where(refund => refund.TransactionId == transactionId)];
        }
    }

    /// <summary>A refund that took its time ends.</summary>
    public WeChatRefund FinishRefund(string number, string status = "SUCCESS")
    {
        lock (_refunds)
        {
            return _refunds[number] = _refunds[number] with { Status = status };
        }
    }

    /// <summary>The notification of a refund that was made by request.</summary>
    public Task<int> NotifyRefundAsync(WeChatTransaction transaction, WeChatRefund refund, Uri? target = null, CancellationToken cancellationToken = default) =>
        SendAsync(RefundMessage(transaction, refund.Fen, refund.Status, refund.RefundId, number: refund.Number), target ?? transaction.NotifyUrl!, cancellationToken);

    /// <summary>A refund's notification.</summary>
    public Task<int> NotifyRefundAsync(
        WeChatTransaction transaction, long fen, Uri? target = null, string status = "SUCCESS", string? refundId = null, string? id = null, CancellationToken cancellationToken = default) =>
        SendAsync(RefundMessage(transaction, fen, status, refundId, id), target ?? transaction.NotifyUrl!, cancellationToken);

    /// <summary>A refund's notification as it would be sent now.</summary>
    public WeChatMessage RefundMessage(WeChatTransaction transaction, long fen, string status = "SUCCESS", string? refundId = null, string? id = null, string? number = null)
    {
        var resource = JsonText.Object(json =>
        {
            json.WriteString("mchid", MchId);
            json.WriteString("transaction_id", transaction.TransactionId);
            json.WriteString("out_trade_no", transaction.OutTradeNo);
            json.WriteString("refund_id", refundId ?? "5" + transaction.TransactionId);
            json.WriteString("out_refund_no", number ?? refundId ?? transaction.OutTradeNo);
            json.WriteString("refund_status", status);
            json.WriteString("user_received_account", "支付用户零钱");
            json.WriteStartObject("amount");
            json.WriteNumber("total", transaction.TotalFen);
            json.WriteNumber("refund", fen);
            json.WriteNumber("payer_total", transaction.TotalFen);
            json.WriteNumber("payer_refund", fen);
            json.WriteEndObject();
        });
        return Sealed(
            id ?? string.Create(CultureInfo.InvariantCulture, $"EV-R-{transaction.TransactionId}-{refundId}-{fen}-{status}"), "REFUND." + status, resource, WeChatForgery.None);
    }

    /// <summary>The merchant gives money back in WeChat's platform.</summary>
    /// <returns>Null: so much is not left.</returns>
    public WeChatRefund? Refund(string transactionId, long fen, string number)
    {
        lock (_refunds)
        {
            var totalFen = _transactions.Values.First(known => known.TransactionId == transactionId).TotalFen;
            return Refund(transactionId, number, fen, totalFen).Status == 200 ? _refunds[number] : null;
        }
    }

    private (int Status, string Answer) Refund(JsonElement root) => Refund(
        root.GetProperty("transaction_id").GetString()!, root.GetProperty("out_refund_no").GetString()!,
        root.GetProperty("amount").GetProperty("refund").GetInt64(), root.GetProperty("amount").GetProperty("total").GetInt64());

    private (int Status, string Answer) Refund(string id, string number, long fen, long totalFen)
    {
        lock (_refunds)
        {
            if (_transactions.Values.FirstOrDefault(known => known.TransactionId == id) is not { } transaction)
            {
                return (404, """{"code":"RESOURCE_NOT_EXISTS","message":"订单号不存在"}""");
            }
            if (_refunds.TryGetValue(number, out var known))
            {
                return known.Fen == fen && known.TransactionId == id ? (200, ShowRefund(known)) : (400, """{"code":"INVALID_REQUEST","message":"订单金额或退款金额与之前请求不一致"}""");
            }
            if (totalFen != transaction.TotalFen || fen <= 0 || number.Length > 64)
            {
                return (400, """{"code":"PARAM_ERROR","message":"订单金额不一致"}""");
            }
            var made = _refunds.Values.Where(refund => refund.TransactionId == id).ToList();
            if (made.Count >= RefundsMax || made.Where(refund => refund.Status != "CLOSED").Sum(refund => refund.Fen) + fen > transaction.TotalFen)
            {
                return (400, """{"code":"INVALID_REQUEST","message":"累计退款金额超限"}""");
            }
            if (BalanceFen < fen)
            {
                return (403, """{"code":"NOT_ENOUGH","message":"余额不足"}""");
            }
            BalanceFen -= fen;
            var refund = new WeChatRefund(
                number, string.Create(CultureInfo.InvariantCulture, $"5{id}{made.Count}"), id, fen, IsRefundSlow ? "PROCESSING" : "SUCCESS");
            _refunds[number] = refund;
            _transactions[transaction.OutTradeNo] = transaction with { RefundedFen = transaction.RefundedFen + fen, State = "REFUND" };
            return (200, ShowRefund(refund));
        }
    }

    private (int Status, string Answer) ShowRefund(string number)
    {
        lock (_refunds)
        {
            return _refunds.TryGetValue(number, out var refund)
                ? (200, ShowRefund(refund))
                : (404, """{"code":"RESOURCE_NOT_EXISTS","message":"退款单不存在"}""");
        }
    }

    private static string ShowRefund(WeChatRefund refund) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"refund_id":"{{{refund.RefundId}}}","out_refund_no":"{{{refund.Number}}}","transaction_id":"{{{refund.TransactionId}}}","status":"{{{refund.Status}}}","amount":{"refund":{{{refund.Fen}}},"currency":"CNY"}}""");
}
