using OrderCenter.Domain;

namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>A store's question about a refund as it is stored.</summary>
/// <param name="Key">Made from channel, app and the store's own id: asked again, it is the same question.</param>
/// <param name="Channel">The store.</param>
/// <param name="GameId">The app that was asked.</param>
/// <param name="OrderId">The order that the purchase has paid; null: none was known.</param>
/// <param name="Environment">As <see cref="Payment.Environment"/>.</param>
/// <param name="TransactionId">As <see cref="Payment.TransactionId"/>.</param>
/// <param name="StoreOrderId">As <see cref="Payment.StoreOrderId"/>.</param>
/// <param name="Sealed">The store's token, encrypted.</param>
/// <param name="AskedMs">When it was asked, Unix milliseconds.</param>
/// <param name="DeadlineMs">Until when the store takes an answer, Unix milliseconds.</param>
/// <param name="Preference">What the app's settings answer; null: a person decides.</param>
/// <param name="Attempts">How often an answer was tried.</param>
/// <param name="Lease">The lease that a write belongs to.</param>
internal sealed record StoredRefundQuestion(
    string Key, string Channel, long GameId, OrderId? OrderId, string Environment, string TransactionId, string? StoreOrderId,
    string Sealed, long AskedMs, long DeadlineMs, int? Preference, int Attempts, long Lease)
{
    /// <summary>The purchase, as far as the question named it.</summary>
    public Payment Payment => new()
    {
        Channel = Channel, Environment = Environment, TransactionId = TransactionId, StoreOrderId = StoreOrderId,
    };
}
