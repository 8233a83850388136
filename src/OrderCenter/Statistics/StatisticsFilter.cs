using OrderCenter.Domain;

namespace OrderCenter.Statistics;

/// <summary>Which statistics are asked for.</summary>
/// <param name="Games">Of which games.</param>
/// <param name="FromMs">From when on: a whole hour, Unix milliseconds.</param>
/// <param name="ToMs">Until before when: a whole hour, Unix milliseconds.</param>
/// <param name="Step">In steps of what, counted from <paramref name="FromMs"/> on.</param>
/// <param name="By">By what.</param>
public sealed record StatisticsFilter(GameLimit Games, long FromMs, long ToMs, StatisticsStep Step, StatisticsKey By);
