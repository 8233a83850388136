namespace OrderCenter.OpenWork;

/// <summary>How many rows a key has, as <see cref="CappedCounts"/> counts them.</summary>
/// <param name="Key">A game, or an endpoint.</param>
/// <param name="Count">At most <see cref="CappedCounts.CountMax"/>.</param>
/// <param name="OldestMs">The earliest time among the rows that were counted; null: the statement reads none.</param>
/// <param name="IsMore">Whether there are more rows than that.</param>
internal sealed record CountedKey<TKey>(TKey Key, long Count, long? OldestMs = null, bool IsMore = false);
