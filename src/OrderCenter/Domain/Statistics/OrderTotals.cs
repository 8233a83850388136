namespace OrderCenter.Domain.Statistics;

/// <summary>How many orders count under each figure, and their money.</summary>
public sealed class OrderTotals
{
    private static readonly int s_figures = Enum.GetValues<Figure>().Length;

    private readonly long[] _counts = new long[s_figures];
    private readonly Int128[] _amounts = new Int128[s_figures];

    public bool IsZero => _counts.AsSpan().IndexOfAnyExcept(0) < 0 && _amounts.AsSpan().IndexOfAnyExcept(Int128.Zero) < 0;

    public long CountOf(Figure figure) => _counts[(int)figure];

    public MoneySum MoneyOf(Figure figure) => new(_amounts[(int)figure]);

    public void Add(Figure figure, long count, Int128 amountE4)
    {
        _counts[(int)figure] += count;
        _amounts[(int)figure] += amountE4;
    }
}
