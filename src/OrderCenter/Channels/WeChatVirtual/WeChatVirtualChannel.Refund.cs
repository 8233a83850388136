using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>Gives money back.</summary>
internal sealed partial class WeChatVirtualChannel
{
    private const int RefundNumberMax = 32;

    /// <summary>One refund an order: its number is made of our order's, so that a repeated request refunds once. WeChat only begins the
    /// refund; a message reports its end.</summary>
    public async ValueTask<RefundResult> RefundAsync(
        App app, Order order, Payment payment, string reason, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new RefundResult.Refused(NotConfigured);
        }
        if (settings.IsMiniGame)
        {
            return new RefundResult.Refused("WeChat refunds a mini game's payments in its own console only");
        }
        var number = $"R{order.Id}";
        if (OrderExtra.Find(order, OrderExtra.PayerField) is not { } payer || number.Length > RefundNumberMax)
        {
            return new RefundResult.Refused($"the order has no {OrderExtra.PayerField}, or too long a number");
        }
        var (found, _, fault) = await FindAsync(settings, order.Id.Value, payer, cancellationToken);
        if (found is null)
        {
            return new RefundResult.TryLater(fault);
        }
        if (found.RefundedFen >= found.TotalFen)
        {
            return new RefundResult.Done();
        }
        var left = found.LeftFen is > 0 and { } known ? known : found.TotalFen;
        var body = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("openid", payer);
            json.WriteString("order_id", order.Id.Value);
            json.WriteString("refund_order_id", number);
            json.WriteNumber("left_fee", left);
            json.WriteNumber("refund_fee", left);
            json.WriteString("biz_meta", "");
            json.WriteString("refund_reason", "0");
            json.WriteString("req_from", "1");
            json.WriteNumber("env", settings.Env);
        });
        var reply = await _api.CallAsync(settings, "/xpay/refund_order", body, cancellationToken);
        return reply switch
        {
            // Begun now, begun before, or under way.
            { IsDone: true } or { Code: 268490004 or 268490014 } => new RefundResult.Pending(),
            { Code: 268490001 or 268490002 or 268490005 or 268490013 } => new RefundResult.Refused(reply.Message),
            _ => new RefundResult.TryLater(reply.Message),
        };
    }
}
