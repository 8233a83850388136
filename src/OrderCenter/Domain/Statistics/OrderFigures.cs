namespace OrderCenter.Domain.Statistics;

/// <summary>What a change of an order changes in the statistics.</summary>
/// <param name="AmountE4">The order's money, ten-thousandths.</param>
/// <param name="Currency">As the game sent it.</param>
/// <param name="ProductId">The order's product.</param>
/// <param name="Figures">Where it counts now, and where it no longer does.</param>
public sealed record OrderFigures(long AmountE4, string Currency, string ProductId, IReadOnlyList<OrderFigure> Figures)
{
    private static readonly Figure[] s_figures = Enum.GetValues<Figure>();

    /// <summary>The difference between an order as it was and as it is: added up over all changes, the statistics are those of the orders
    /// as they are now.</summary>
    /// <param name="before">Null: it was just made.</param>
    /// <param name="after">The order after the change.</param>
    /// <returns>Null: nothing that is counted has changed.</returns>
    public static OrderFigures? Between(Order? before, Order after)
    {
        List<OrderFigure>? figures = null;
        var isSameKey = before?.Channel == after.Channel && before?.IsTest == after.IsTest;
        foreach (var figure in s_figures)
        {
            var (wasMs, isMs) = (before is null ? null : TimeOf(before, figure), TimeOf(after, figure));
            if (wasMs == isMs && isSameKey)
            {
                continue;
            }
            if (wasMs is { } goneMs)
            {
                (figures ??= []).Add(new OrderFigure(figure, -1, goneMs, before!.Channel, before.IsTest));
            }
            if (isMs is { } newMs)
            {
                (figures ??= []).Add(new OrderFigure(figure, 1, newMs, after.Channel, after.IsTest));
            }
        }
        return figures is null ? null : new OrderFigures(after.Money.AmountE4, after.Currency, after.ProductId, figures);
    }

    /// <returns>Null: the order does not count.</returns>
    private static long? TimeOf(Order order, Figure figure) => figure switch
    {
        Figure.Created => order.CreatedMs,
        Figure.Paid => order.PaidMs,
        Figure.Refunded => order.RefundedMs,
        _ => order.DeliveredMs,
    };
}
