namespace OrderCenter.Domain;

/// <summary>What happens to a payment that comes after its order was closed or expired. It is never lost.</summary>
public enum LatePayment
{
    Deliver,
    Hold,
}
