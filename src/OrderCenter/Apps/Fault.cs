namespace OrderCenter.Apps;

/// <summary>What is wrong with one field, and what is allowed.</summary>
public sealed record Fault(string Field, string Allowed);
