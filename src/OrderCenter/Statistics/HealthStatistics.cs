using OrderCenter.Domain.Statistics;

namespace OrderCenter.Statistics;

/// <summary>The refusals and callbacks of one step under one key.</summary>
/// <param name="FromMs">When the step begins, Unix milliseconds.</param>
/// <param name="Key">The game or, of refusals, the channel; empty: what is not counted by that.</param>
/// <param name="Totals">Their figures.</param>
public sealed record HealthStatistics(long FromMs, string Key, HealthTotals Totals);
