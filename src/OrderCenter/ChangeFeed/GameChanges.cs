using OrderCenter.Domain.Changes;

namespace OrderCenter.ChangeFeed;

/// <summary>What happened in a game between two looks of <see cref="FeedFollower"/>.</summary>
/// <param name="GameId">The game.</param>
/// <param name="Count">How many changes.</param>
/// <param name="Newest">The newest of them, oldest first: at most <see cref="FeedFollower.NewestMax"/>, and none where many games
/// changed.</param>
public sealed record GameChanges(long GameId, long Count, IReadOnlyList<Change> Newest);
