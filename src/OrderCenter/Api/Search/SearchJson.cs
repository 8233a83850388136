namespace OrderCenter.Api.Search;

/// <summary>What a search has found.</summary>
internal sealed record SearchJson(IReadOnlyList<SearchItemJson> Items);

/// <summary>One thing that was found.</summary>
/// <param name="Kind"><c>order</c>, <c>player</c>, <c>callback</c> or <c>notification</c>.</param>
/// <param name="Id">The order's number, the player's, the callback's id or the notification's.</param>
/// <param name="GameId">The game that it belongs to.</param>
/// <param name="Title">By what people know it.</param>
/// <param name="Subtitle">What tells it apart: its game, its channel or event, its state, its time.</param>
internal sealed record SearchItemJson(string Kind, string Id, long GameId, string Title, string Subtitle);
