namespace OrderCenter.Domain.Statistics;

/// <summary>That an order counts somewhere, or no longer does.</summary>
/// <param name="Figure">What is counted.</param>
/// <param name="Count">1: it counts there; -1: it no longer does.</param>
/// <param name="AtMs">When what is counted happened, Unix milliseconds.</param>
/// <param name="Channel">The order's channel under which it is counted; null: not known.</param>
/// <param name="IsTest">Whether it is counted among the tests.</param>
public sealed record OrderFigure(Figure Figure, int Count, long AtMs, string? Channel, bool IsTest);
