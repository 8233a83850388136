using OrderCenter.Domain.Statistics;

namespace OrderCenter.Statistics;

/// <summary>The orders of one step under one key.</summary>
/// <param name="FromMs">When the step begins, Unix milliseconds.</param>
/// <param name="Key">The game, the channel, the currency or the product; empty: the channel is not known.</param>
/// <param name="Currency">In its canonical spelling.</param>
/// <param name="Totals">Their figures.</param>
public sealed record OrderStatistics(long FromMs, string Key, string Currency, OrderTotals Totals);
