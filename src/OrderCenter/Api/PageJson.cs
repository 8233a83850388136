namespace OrderCenter.Api;

/// <summary>A page of a list, newest first.</summary>
internal sealed record PageJson<T>(IReadOnlyList<T> Items, string? NextCursor);
