using System.Security.Cryptography;
using System.Text;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>Gives money back, in whole or in parts, and asks what became of it.</summary>
internal sealed partial class WeChatVirtualChannel
{
    private const string RefundPrefix = "R";
    private const int RefundNumberMax = 32;

    /// <summary>WeChat only begins the refund; a message reports its end. What is left is asked for first, since WeChat wants to be told
    /// it.</summary>
    public async ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (RefundFault(settings, refund, out var payer, out var fen) is { } refused)
        {
            return refused;
        }
        var (found, _, fault) = await FindAsync(settings, refund.Order.Id.Value, payer, cancellationToken);
        if (found is null)
        {
            return new RefundResult.TryLater(fault);
        }
        var body = JsonBytes.WriteReadable(json =>
        {
            json.WriteString("openid", payer);
            json.WriteString("order_id", refund.Order.Id.Value);
            json.WriteString("refund_order_id", NumberAtWeChat(refund));
            json.WriteNumber("left_fee", found.LeftFen ?? found.TotalFen - found.RefundedFen);
            json.WriteNumber("refund_fee", fen);
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

    public async ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken)
    {
        if (WeChatVirtualSettings.Of(app) is not { } settings)
        {
            return new RefundResult.TryLater(NotConfigured);
        }
        if (RefundFault(settings, refund, out var payer, out _) is { } refused)
        {
            return refused;
        }
        var reply = await QueryAsync(settings, NumberAtWeChat(refund), payer, cancellationToken);
        if (reply.IsNotThere)
        {
            return new RefundResult.NotThere();
        }
        var fields = reply.IsDone ? reply.Fields?.AnyObject("order") : null;
        return (fields?.AnyInteger("order_type", 0, 9), fields?.AnyInteger("status", 0, 99)) switch
        {
            (1, 5 or 8) => new RefundResult.Done(fields!.AnyText("wx_order_id", NumberCharsMax)),
            (1, 7) => new RefundResult.Refused("WeChat says that the refund failed") { IsClosed = true },
            (1, { } status) => new RefundResult.Pending($"WeChat: the refund is in the state {status}"),
            _ => new RefundResult.TryLater(reply.IsDone ? "WeChat's answer is of no refund" : reply.Message),
        };
    }

    private static RefundResult.Refused? RefundFault(
        WeChatVirtualSettings settings, RefundRequest refund, out string payer, out long fen)
    {
        payer = OrderExtra.Find(refund.Order, OrderExtra.PayerField) ?? "";
        return !CnyMinorUnits.TryFromMoney(refund.Money, out fen) ? new RefundResult.Refused($"money {CnyMinorUnits.Form}")
            : settings.IsMiniGame ? new RefundResult.Refused("WeChat refunds a mini game's payments in its own console only")
            : payer.Length == 0 ? new RefundResult.Refused($"the order has no {OrderExtra.PayerField}")
            : null;
    }

    /// <summary>The refund's number, which must be none of an order's and of at most 32 characters; a longer one is known by its
    /// digest.</summary>
    private static string NumberAtWeChat(RefundRequest refund) =>
        refund.Number.Length < RefundNumberMax
            ? RefundPrefix + refund.Number
            : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(refund.Number)))[..RefundNumberMax];

    /// <summary>Ours for a number that WeChat names; null: it is none of ours.</summary>
    private static string? OurNumber(string? number) =>
        number?.StartsWith(RefundPrefix, StringComparison.Ordinal) == true ? number[RefundPrefix.Length..] : null;
}
