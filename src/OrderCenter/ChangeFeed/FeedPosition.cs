using OrderCenter.Persistence.Tables;

namespace OrderCenter.ChangeFeed;

/// <summary>A position in a game's feed.</summary>
/// <param name="Number">The number of the last change read; 0: before the first.</param>
/// <param name="Chain">The digest of all changes up to that number: see <see cref="ChangeChain"/>.</param>
public readonly record struct FeedPosition(long Number, string Chain);
