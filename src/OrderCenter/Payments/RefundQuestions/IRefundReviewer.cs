using OrderCenter.Domain;

namespace OrderCenter.Payments.RefundQuestions;

/// <summary>A channel whose store asks the developer before it decides about a player's request for a refund.</summary>
public interface IRefundReviewer
{
    /// <summary>Whether the store takes an answer only where the player has agreed that it is given. Default false.</summary>
    bool NeedsConsent => false;

    /// <summary>Gives the store its answer. Of several answers the first counts; repeating one is harmless.</summary>
    /// <param name="app">The app.</param>
    /// <param name="question">What the store asked.</param>
    /// <param name="answer">What it is told.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<RefundResult> AnswerAsync(App app, RefundQuestion question, RefundAnswer answer, CancellationToken cancellationToken);
}
