using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>Stores the questions of stores about refunds, each once.</summary>
public sealed class RefundQuestionStore(Database database, Vault vault, OrderQueries orders, TimeProvider clock)
{
    internal static readonly SealedColumn SealedColumn =
        new("refund_questions", "question_key", "sealed", row => PlaceOf((string)row.Key[0]));

    private const int KeyBytes = 20;

    /// <summary>Stores a question with the order that its purchase has paid. The same question again changes nothing.</summary>
    public async Task<ProviderEventOutcome> KeepAsync(
        App app, string channel, RefundQuestion question, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        if (nowMs >= question.DeadlineMs)
        {
            return new ProviderEventOutcome(NotificationState.Ignored, "asks whether to refund: too late to be answered", null);
        }
        var order = await FindOrderAsync(app, channel, question.Payment, cancellationToken);
        var key = KeyOf(channel, app.GameId, question.Id);
        var token = vault.Seal(question.Token, PlaceOf(key));
        await database.WriteAsync(
            transaction => RefundQuestionTable.InsertAsync(
                transaction, key, app.GameId, order, question, token, question.Policy is null ? question.DeadlineMs : nowMs),
            CancellationToken.None);
        var until = DateTimeOffset.FromUnixTimeMilliseconds(question.DeadlineMs).ToString("u", CultureInfo.InvariantCulture);
        var who = question.Policy is { } policy ? $"the app's settings answer: {RefundPreferences.NameOf(policy)}" : "a person decides";
        return order is null
            ? new ProviderEventOutcome(
                NotificationState.Unclaimed, $"asks until {until} whether to refund what no order claims; {who}", null)
            : new ProviderEventOutcome(NotificationState.Ignored, $"asks until {until} whether to refund; {who}", order);
    }

    /// <summary>A stored question as its channel answers it.</summary>
    internal async Task<RefundQuestion> OpenAsync(StoredRefundQuestion stored, CancellationToken cancellationToken)
    {
        var order = stored.OrderId is { } id ? await orders.FindAsync(id, cancellationToken) : null;
        return new RefundQuestion(
            stored.Key, stored.Payment, vault.Open(stored.Sealed, PlaceOf(stored.Key)), stored.AskedMs, stored.DeadlineMs)
        {
            IsDelivered = order?.Order.State.Progress == Progress.Delivered,
        };
    }

    /// <summary>By any name that the store has for the purchase; an order of another app is nobody's.</summary>
    private async Task<OrderId?> FindOrderAsync(App app, string channel, Payment payment, CancellationToken cancellationToken)
    {
        foreach (var name in payment.Names)
        {
            if (await orders.FindPaidOrderAsync(channel, name, cancellationToken) is { } id
                && await orders.FindAsync(id, cancellationToken) is { Order: var order } && order.GameId == app.GameId)
            {
                return id;
            }
        }
        return null;
    }

    private static string PlaceOf(string key) => $"refund question {key}";

    private static string KeyOf(string channel, long gameId, string id) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{channel.Length}:{channel}:{gameId}:{id}")).AsSpan(0, KeyBytes));
}
