namespace OrderCenter.Domain;

/// <summary>How CardRecharge's <c>card</c> takes part in the signature (protocols.md §4).</summary>
public enum CardSignature
{
    Nested,
    String,
}
