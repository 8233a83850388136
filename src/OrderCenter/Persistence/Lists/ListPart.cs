namespace OrderCenter.Persistence.Lists;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Items">What was found. Fewer than were asked for, or none, does not say that the list has ended.</param>
/// <param name="Next">Behind which place the list goes on; null: it has ended.</param>
public sealed record ListPart<T>(List<T> Items, ListKey? Next);
