namespace OrderCenter.Orders.Creation;

/// <summary>A signature and the content that it signs.</summary>
/// <param name="Sign">The signature, in one spelling.</param>
/// <param name="Content">The name and value of every signed field in turn, in an order that does not depend on the sender's.</param>
public sealed record OrderSignature(string Sign, IReadOnlyList<string> Content);
