namespace OrderCenter.Domain.Changes;

/// <summary>A change with its place in its game's feed.</summary>
public sealed record NumberedChange(long Number, Change Change);
