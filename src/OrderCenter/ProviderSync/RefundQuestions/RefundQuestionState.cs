namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>What became of a store's question about a refund. Numbers as stored.</summary>
internal enum RefundQuestionState
{
    /// <summary>It is to be answered: by the app's settings, or by a person.</summary>
    Open = 0,

    Answered = 1,

    /// <summary>The store took no answer.</summary>
    Refused = 2,

    /// <summary>Nobody answered in time; the store decided by itself.</summary>
    Expired = 3,
}
