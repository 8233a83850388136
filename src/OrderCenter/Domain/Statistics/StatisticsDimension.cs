namespace OrderCenter.Domain.Statistics;

/// <summary>What rows of the statistics are by, beside game, currency and test. Numbers as stored.</summary>
public enum StatisticsDimension
{
    /// <summary>Nothing more.</summary>
    Game = 0,
    Channel = 1,
    Product = 2,
}
