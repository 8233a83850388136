using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Points;

/// <summary>The platform's own points. An order is charged and paid in the transaction that creates it (Accounts), so that there is never a receipt to judge;
/// the channel is here so that an app may name it in its settings (contract.md).</summary>
public sealed class PointsChannel : IChannel
{
    internal const string ChannelName = "points";

    /// <summary>A refund of an order that was paid by points gives them back.</summary>
    internal static readonly OwnAccount Account = new(
        ChannelName, static (transaction, order, by, nowMs) => PointsLedger.GiveBackAsync(transaction, order.UserId, order.GameId, order.Id.Value, by.Reason, by.Actor, nowMs));

    public string Name => ChannelName;

    public IReadOnlyList<string> SecretFields => [];

    public IEnumerable<string> Faults(JsonElement settings)
    {
        if (settings.ValueKind != JsonValueKind.Object || settings.EnumerateObject().Any())
        {
            yield return "must be an empty object: points have no settings";
        }
    }

    public bool Recognises(Receipt receipt) => false;

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Verdict>(new Verdict.Rejected("points are charged when the order is created; they have no receipts"));
}
