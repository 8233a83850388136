namespace OrderCenter.Domain.Statistics;

/// <summary>An attempt of a callback whose outcome was recorded.</summary>
/// <param name="StartedMs">When it began, Unix milliseconds.</param>
/// <param name="DurationMs">How long it took, milliseconds.</param>
/// <param name="IsSuccess">Whether the receiver accepted it.</param>
public sealed record CallbackFigure(long StartedMs, long DurationMs, bool IsSuccess);
