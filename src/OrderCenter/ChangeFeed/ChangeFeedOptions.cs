namespace OrderCenter.ChangeFeed;

/// <summary>How long the feed is kept.</summary>
public sealed record ChangeFeedOptions(int KeepDays);
