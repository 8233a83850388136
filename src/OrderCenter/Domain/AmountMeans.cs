namespace OrderCenter.Domain;

/// <summary>What OrderCheck's <c>amount</c> carries (protocols.md §3).</summary>
public enum AmountMeans
{
    Money,
    Quantity,
}
