using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.Channels.Points;

/// <summary>The platform's own points. An order is charged in the transaction that creates it, so that there is never a receipt; an app
/// names the channel in its settings to accept points.</summary>
public sealed class PointsChannel : IChannel, IInternalAccount
{
    public string Name => "points";

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

    /// <summary>Where the player's data was erased, nobody is left to give the points to.</summary>
    public ValueTask<bool> RefundAsync(
        Transaction transaction, Order order, Money money, string number, AuditContext by, long nowMs) =>
        order.ErasedMs is not null
            ? ValueTask.FromResult(false)
            : PointsLedger.RefundAsync(transaction, order.UserId, order.GameId, order.Id.Value, money, number, by, nowMs);
}
