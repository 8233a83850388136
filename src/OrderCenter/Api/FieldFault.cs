namespace OrderCenter.Api;

/// <summary>A field and what is allowed in it.</summary>
internal sealed record FieldFault(string Field, string Allowed);
