using OrderCenter.Domain;

namespace OrderCenter.Payments.RefundQuestions;

/// <summary>A store's question about a player's request for a refund.</summary>
/// <param name="Id">The store's own: asked again, it is the same question.</param>
/// <param name="Payment">The purchase that it is about, as far as the question names it.</param>
/// <param name="Token">What the store wants to see again in the answer; empty: nothing.</param>
/// <param name="AskedMs">When it was asked, Unix milliseconds.</param>
/// <param name="DeadlineMs">Until when the store takes an answer, Unix milliseconds.</param>
public sealed record RefundQuestion(string Id, Payment Payment, string Token, long AskedMs, long DeadlineMs)
{
    /// <summary>What the app's settings answer; null: a person decides.</summary>
    public RefundPreference? Policy { get; init; }

    /// <summary>Whether the order's goods were delivered, when it is answered.</summary>
    public bool IsDelivered { get; init; }
}
