namespace OrderCenter.Api;

/// <summary>A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
/// is no <c>nextCursor</c>.</summary>
internal sealed record PageJson<T>(IReadOnlyList<T> Items, string? NextCursor);
