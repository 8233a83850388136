namespace OrderCenter.Domain;

/// <summary>What is known of the money. The numbers are the wire's <c>pay_state</c> (protocols.md, introduction).</summary>
public enum PayState
{
    Unpaid = 0,
    Paid = 1,
    Refunded = 2,
}
