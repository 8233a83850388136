namespace OrderCenter.Domain.Statistics;

/// <summary>How many orders count under each figure, and their money.</summary>
public sealed class OrderTotals
{
    private static readonly int s_figures = Enum.GetValues<Figure>().Length;

    private readonly (long Count, Int128 AmountE4)[] _figures = new (long Count, Int128 AmountE4)[s_figures];

    public bool IsZero => _figures.AsSpan().IndexOfAnyExcept(default((long, Int128))) < 0;

    public long CountOf(Figure figure) => _figures[(int)figure].Count;

    public MoneySum MoneyOf(Figure figure) => new(_figures[(int)figure].AmountE4);

    public void Add(Figure figure, long count, Int128 amountE4)
    {
        ref var total = ref _figures[(int)figure];
        total = (total.Count + count, total.AmountE4 + amountE4);
    }
}
