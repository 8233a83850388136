namespace OrderCenter.Statistics;

/// <summary>By what statistics are asked for.</summary>
public enum StatisticsKey
{
    Game,
    Channel,
    Currency,
    Product,
}
