namespace OrderCenter.Statistics;

/// <summary>Statistics in the order of time, key and currency. What counts nothing is left out.</summary>
/// <param name="Orders">Of orders without tests.</param>
/// <param name="Tests">Of test orders.</param>
/// <param name="Health">Of refusals and callbacks.</param>
public sealed record StatisticsResult(
    IReadOnlyList<OrderStatistics> Orders, IReadOnlyList<OrderStatistics> Tests, IReadOnlyList<HealthStatistics> Health);
