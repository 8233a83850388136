namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>What became of a person's answer to a store's question about a refund.</summary>
public abstract record RefundAnswerOutcome
{
    private RefundAnswerOutcome()
    {
    }

    /// <summary>The store has it.</summary>
    public sealed record Done : RefundAnswerOutcome;

    /// <summary>There is no such question any more, or the store takes no answer.</summary>
    public sealed record NotAllowed(string Reason) : RefundAnswerOutcome;

    /// <summary>The store could not be called; the question is still open.</summary>
    public sealed record TryLater(string Reason) : RefundAnswerOutcome;
}
