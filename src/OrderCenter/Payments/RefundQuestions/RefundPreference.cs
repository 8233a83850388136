namespace OrderCenter.Payments.RefundQuestions;

/// <summary>What a store is told that it should do with a player's request for a refund. Numbers as stored.</summary>
public enum RefundPreference
{
    Decline = 0,
    Approve = 1,
    Neutral = 2,
}
