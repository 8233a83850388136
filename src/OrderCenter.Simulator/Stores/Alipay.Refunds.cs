using System.Globalization;
using System.Security.Cryptography;

namespace OrderCenter.Simulator.Stores;

/// <summary>Refunds: several to a trade, each once under its own request number, together never more than was paid.</summary>
public sealed partial class Alipay
{
    private readonly Dictionary<(string TradeNo, string Number), decimal> _refunds = [];

    /// <summary>Whether a refund is taken and its money moves only with <see cref="FinishRefunds"/>.</summary>
    public bool IsRefundSlow { get; set; }

    /// <summary>The money of the merchant's account at Alipay that can be given back; null: any.</summary>
    public decimal? Balance { get; set; }

    /// <summary>The refunds that were made by request, by number.</summary>
    public IReadOnlyDictionary<string, decimal> RefundsOf(string tradeNo)
    {
        lock (_refunds)
        {
            return _refunds.Where(refund => refund.Key.TradeNo == tradeNo).ToDictionary(refund => refund.Key.Number, refund => refund.Value, StringComparer.Ordinal);
        }
    }

    /// <summary>The merchant gives the money back in Alipay's console.</summary>
    public AlipayTrade Refund(AlipayTrade trade, decimal amount) => Refund(trade, amount, number: null);

    private AlipayTrade Refund(AlipayTrade trade, decimal amount, string? number)
    {
        var refunded = trade.Refunded + amount;
        return _trades[trade.OutTradeNo] = trade with
        {
            Refunded = refunded, Status = refunded >= trade.Total ? "TRADE_CLOSED" : trade.Status, NotifyId = RandomNumberGenerator.GetHexString(32, lowercase: true), RefundNumber = number,
        };
    }

    /// <summary>The money of every refund that was taken moves.</summary>
    public void FinishRefunds()
    {
        lock (_refunds)
        {
            foreach (var ((tradeNo, number), amount) in _slow)
            {
                Refund(_trades.Values.Single(trade => trade.TradeNo == tradeNo), amount, number);
                _refunds[(tradeNo, number)] = amount;
            }
            _slow.Clear();
        }
    }

    private readonly Dictionary<(string TradeNo, string Number), decimal> _slow = [];

    private string Refund(AlipayTrade trade, string? number, decimal amount)
    {
        lock (_refunds)
        {
            trade = Find(trade.OutTradeNo)!;
            if (number is null || number.Length > 64 || amount <= 0)
            {
                return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.INVALID_PARAMETER","sub_msg":"参数无效"}""";
            }
            var isKnown = _refunds.TryGetValue((trade.TradeNo, number), out var before);
            if (isKnown && before != amount)
            {
                return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.DISCORDANT_REPEAT_REQUEST","sub_msg":"重复请求参数不一致"}""";
            }
            if (!isKnown && trade.Status is not ("TRADE_SUCCESS" or "TRADE_FINISHED"))
            {
                return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.TRADE_STATUS_ERROR","sub_msg":"交易状态不合法"}""";
            }
            if (!isKnown && trade.Refunded + amount > trade.Total)
            {
                return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL","sub_msg":"退款金额超限"}""";
            }
            if (!isKnown && Balance < amount)
            {
                return """{"code":"40004","msg":"Business Failed","sub_code":"ACQ.SELLER_BALANCE_NOT_ENOUGH","sub_msg":"卖家余额不足"}""";
            }
            if (!isKnown && IsRefundSlow)
            {
                _slow[(trade.TradeNo, number)] = amount;
            }
            else if (!isKnown)
            {
                Balance -= amount;
                trade = Refund(trade, amount, number);
                _refunds[(trade.TradeNo, number)] = amount;
            }
            var change = isKnown || IsRefundSlow ? "N" : "Y";
            return $$"""{"code":"10000","msg":"Success","trade_no":"{{trade.TradeNo}}","out_trade_no":"{{trade.OutTradeNo}}","fund_change":"{{change}}","refund_fee":"{{Amount(trade.Refunded)}}"}""";
        }
    }

    private string ShowRefund(AlipayTrade trade, string? number)
    {
        lock (_refunds)
        {
            return number is null || !_refunds.TryGetValue((trade.TradeNo, number), out var amount)
                ? """{"code":"10000","msg":"Success"}"""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"code":"10000","msg":"Success","trade_no":"{{trade.TradeNo}}","out_trade_no":"{{trade.OutTradeNo}}","out_request_no":"{{number}}","total_amount":"{{Amount(trade.Total)}}","refund_amount":"{{Amount(amount)}}","refund_status":"REFUND_SUCCESS"}""");
        }
    }
}
