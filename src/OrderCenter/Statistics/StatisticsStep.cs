namespace OrderCenter.Statistics;

public enum StatisticsStep
{
    Hour,

    /// <summary>24 hours.</summary>
    Day,
}
